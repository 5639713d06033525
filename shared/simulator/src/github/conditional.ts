import { createHash } from 'node:crypto'
import type { FrontAnswer, FrontRequest } from '../front/front.ts'

/**
 * Adds the ETag that the emulator lacks, and answers 304 when the caller already has this body.
 * Only successful reads carry one, as on GitHub.
 */
export function conditional(request: FrontRequest, answer: FrontAnswer): FrontAnswer {
  if (request.method !== 'GET' || answer.status !== 200) return answer
  const etag = `W/"${createHash('sha256').update(answer.body).digest('hex')}"`
  const headers = { ...answer.headers, etag, 'cache-control': 'private, max-age=60, s-maxage=60' }
  const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => opaque(tag.trim()))
  return known.includes(opaque(etag)) ? { status: 304, headers, body: '' } : { ...answer, headers }
}

/** RFC 9110, section 13.1.2: If-None-Match compares weakly. */
function opaque(tag: string): string {
  return tag.replace(/^W\//, '')
}
