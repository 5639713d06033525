import type { FrontAnswer, FrontRequest } from '../front/front.ts'
import { badCredentials, notFound } from './answers.ts'

/**
 * Checks the Authorization header. The emulator takes any token for its first user; GitHub does not.
 * Returns the answer that refuses the request, or undefined when it may go on.
 */
export function refuse(request: FrontRequest, token: string): FrontAnswer | undefined {
  const header = request.headers.authorization
  if (header === undefined) return undefined
  return header.replace(/^(bearer|token)\s+/i, '').trim() === token ? undefined : badCredentials()
}

/** GitHub hides private repositories from strangers, where the emulator asks them to log in. */
export function hidePrivate(request: FrontRequest, answer: FrontAnswer): FrontAnswer {
  const stranger = request.headers.authorization === undefined && request.url.pathname.startsWith('/repos/')
  return stranger && answer.status === 401 && request.method === 'GET' ? notFound() : answer
}
