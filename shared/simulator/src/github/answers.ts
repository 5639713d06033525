import type { FrontAnswer } from '../front/front.ts'

/** One entry of `errors` in GitHub's 422 body. */
export interface FieldError {
  resource: string
  code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'unprocessable' | 'custom'
  field?: string
  message?: string
}

const documentation = 'https://docs.github.com/rest'

/** A JSON answer. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): FrontAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  }
}

/** An error as GitHub words it: the status stands in the body too, as a string. */
export function problem(status: number, message: string, errors?: FieldError[]): FrontAnswer {
  const list = errors === undefined ? {} : { errors }
  return json(status, { message, ...list, documentation_url: documentation, status: String(status) })
}

/** 404, also for what the caller may not know to exist. */
export function notFound(): FrontAnswer {
  return problem(404, 'Not Found')
}

/** 401 for a token nobody gave out. */
export function badCredentials(): FrontAnswer {
  return problem(401, 'Bad credentials')
}

/** 422 with the fields at fault. */
export function validationFailed(...errors: FieldError[]): FrontAnswer {
  return problem(422, 'Validation Failed', errors)
}

/** The body of a JSON answer, which the caller casts to what it expects; undefined when the answer is not JSON. */
export function readJson(answer: FrontAnswer): unknown {
  const json = answer.body.length > 0 && (answer.headers['content-type'] ?? '').includes('json')
  return json ? JSON.parse(answer.body.toString()) : undefined
}

/** The same answer around another JSON body. */
export function withJson(answer: FrontAnswer, body: unknown): FrontAnswer {
  return { ...answer, body: JSON.stringify(body) }
}

/** Gives an error of the emulator GitHub's wording and documentation link; leaves everything else alone. */
export function rewordError(answer: FrontAnswer): FrontAnswer {
  if (answer.status < 400) return answer
  const body = readJson(answer) as { message?: string } | undefined
  if (body?.message === undefined) return answer
  const message = /^validation failed$/i.test(body.message) ? 'Validation Failed' : body.message
  const reworded = { ...body, message, documentation_url: documentation, status: String(answer.status) }
  return withJson(answer, reworded)
}
