import type { FrontAnswer, FrontRequest } from '../front/front.ts'
import { badCredentials, notFound } from './answers.ts'

/**
 * Checks the Authorization header. The emulator takes any token for its first user; GitHub does not.
 * Returns the answer that refuses the request, or undefined when it may go on.
 */
export function refuse(request: FrontRequest, isKnown: (token: string) => boolean): FrontAnswer | undefined {
  const token = tokenOf(request)
  return token === undefined || isKnown(token) ? undefined : badCredentials()
}

/** The token a request brings; undefined when it brings none. */
export function tokenOf({ headers: { authorization } }: FrontRequest): string | undefined {
  return authorization?.replace(/^(bearer|token)\s+/i, '').trim()
}

/** GitHub hides private repositories from strangers, where the emulator asks them to log in. */
export function hidePrivate(request: FrontRequest, answer: FrontAnswer): FrontAnswer {
  const stranger = request.headers.authorization === undefined && request.url.pathname.startsWith('/repos/')
  return stranger && answer.status === 401 && request.method === 'GET' ? notFound() : answer
}
