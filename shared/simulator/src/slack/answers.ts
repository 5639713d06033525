import type { FrontAnswer } from '../front/front.ts'

/** Scopes of the stand-in's bot, as Slack names them in a header of every answer. */
const scopes = 'channels:history,channels:read,chat:write,files:write,reactions:read,reactions:write,users:read'

/** A Slack method's answer: always HTTP 200, with `ok` in the body. */
export function ok(body: object): FrontAnswer {
  return reply({ ok: true, ...body })
}

/** A refusal by error code, with what Slack adds to it. */
export function error(code: string, more: object = {}): FrontAnswer {
  return reply({ ok: false, error: code, ...more })
}

/** The JSON object in an answer, which the caller casts to what it expects. */
export function readJson(answer: FrontAnswer): unknown {
  return JSON.parse(answer.body.toString())
}

/** Takes out what is the emulator's own, and adds the header that names the token's scopes. */
export function asSlack(answer: FrontAnswer): FrontAnswer {
  const kept = Object.entries(answer.headers).filter(([name]) => !name.startsWith('x-ratelimit-'))
  return { ...answer, headers: { ...Object.fromEntries(kept), 'x-oauth-scopes': scopes } }
}

function reply(body: object): FrontAnswer {
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  return { status: 200, headers, body: JSON.stringify(body) }
}
