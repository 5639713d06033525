import { createVerify, randomUUID } from 'node:crypto'
import type { FrontAnswer, FrontRequest } from '../front/front.ts'
import { badCredentials, json, notFound } from './answers.ts'

/** A GitHub App that is installed for every owner. */
export interface AppSeed {
  id: number
  slug: string
  /** PEM; tokens that its private key signed are the App's. */
  publicKey: string
}

export interface AppAuth {
  /** The App's own routes; undefined for all other requests. */
  answer: (request: FrontRequest) => FrontAnswer | undefined
  /** Whether a token is one that an installation was given. */
  gave: (token: string) => boolean
}

/** Every owner's installation has the same number: there is one token for all. */
export const installation = 4711

/** What a stand-in with a GitHub App adds; without a seed nobody is an App. */
export function createAppAuth(seed: AppSeed | undefined, now: () => number): AppAuth {
  const given = new Set<string>()

  function isApp({ headers: { authorization = '' } }: FrontRequest): boolean {
    const [, head, body, signature] = /^bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization) ?? []
    if (seed === undefined || head === undefined || body === undefined || signature === undefined) return false
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as { iss?: unknown }
    const verify = createVerify('RSA-SHA256').update(`${head}.${body}`)
    return String(claims.iss) === String(seed.id) && verify.verify(seed.publicKey, signature, 'base64url')
  }

  function giveToken(): FrontAnswer {
    const token = `ghs_${randomUUID().replaceAll('-', '')}`
    given.add(token)
    const expires = new Date(now() + 3_600_000).toISOString()
    return json(201, { token, expires_at: expires, permissions: { contents: 'write' }, repository_selection: 'all' })
  }

  return {
    gave: (token) => given.has(token),
    answer(request) {
      const { pathname } = request.url
      const isInstallation = /^\/repos\/[^/]+\/[^/]+\/installation$/.test(pathname)
      const isToken = pathname === `/app/installations/${installation}/access_tokens`
      if (pathname !== '/app' && !isInstallation && !pathname.startsWith('/app/installations/')) return undefined
      if (!isApp(request)) return badCredentials()
      if (isInstallation) return json(200, { id: installation })
      if (isToken && request.method === 'POST') return giveToken()
      return pathname === '/app' ? json(200, { id: seed?.id, slug: seed?.slug }) : notFound()
    },
  }
}
