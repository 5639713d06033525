import type { FrontAnswer, FrontRequest } from '../front/front.ts'

/** Raw contents come as text from GitHub, where the emulator says octet-stream and clients then see no text. */
export function labelRaw(request: FrontRequest, answer: FrontAnswer): FrontAnswer {
  const raw = (request.headers.accept ?? '').includes('application/vnd.github.raw')
  if (!raw || answer.headers['content-type'] !== 'application/octet-stream') return answer
  return { ...answer, headers: { ...answer.headers, 'content-type': 'application/vnd.github.raw; charset=utf-8' } }
}
