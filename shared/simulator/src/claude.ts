import { problem } from './claude/failures.ts'
import { messageOf, type AskedMessage, type Said } from './claude/messages.ts'
import { eventsOf } from './claude/stream.ts'
import type { Fault } from './front/faults.ts'
import { startFront, type FrontAnswer, type FrontRequest, type RequestRecord, type Service } from './front/front.ts'

export { cutOff, problem, webPage } from './claude/failures.ts'
export {
  systemText,
  taskOf,
  text,
  toolResults,
  toolUse,
  type AskedMessage,
  type Block,
  type Said,
} from './claude/messages.ts'
export type { Fault } from './front/faults.ts'

/** What to start. */
export interface ClaudeOptions {
  /** Says each turn: a message, or an answer of any other form (an error, a web page). */
  script: (asked: AskedMessage) => Said | FrontAnswer | Promise<Said | FrontAnswer>
  /** The only key that is accepted, by either header. */
  key?: string
  /** Any free one when left out. */
  port?: number
}

/** A Messages API on loopback whose model follows a script. */
export interface ClaudeStandIn {
  /** What ANTHROPIC_BASE_URL is to be. */
  url: string
  key: string
  /** Every message that was asked for, oldest first. */
  asked: AskedMessage[]
  /** Every request that came through the front, oldest first; status 0 where no answer was sent. */
  requests: RequestRecord[]
  /** Failures to inject; push and remove at will. */
  faults: Fault[]
  /** Replace it to change what the model says. */
  script: ClaudeOptions['script']
  close: () => Promise<void>
}

/** Fields that the API of 2026-10-21 refuses, at their defaults too. */
const removed = ['temperature', 'top_p', 'top_k']

/** Starts a Messages API, streaming and not, as strict about keys, removed fields and forced tools as the real one. */
export async function startClaude({ script, key = 'stand-in-key', port }: ClaudeOptions): Promise<ClaudeStandIn> {
  const asked: AskedMessage[] = []
  const state = { script }

  async function handle(request: FrontRequest): Promise<FrontAnswer> {
    const { pathname } = request.url
    // Claude Code looks first whether anybody is there.
    if (request.method === 'HEAD' || pathname === '/api/hello') return json({ message: 'hello' })
    const given = request.headers['x-api-key'] ?? request.headers.authorization?.replace(/^bearer /i, '')
    if (given !== key) return problem(401, 'invalid x-api-key')
    if (pathname === '/v1/models') return json({ data: [], has_more: false, first_id: null, last_id: null })
    if (request.method !== 'POST' || !pathname.startsWith('/v1/messages')) return problem(404, 'Not found')
    const message = JSON.parse(request.body.toString()) as AskedMessage
    if (pathname === '/v1/messages/count_tokens') return json({ input_tokens: Math.ceil(request.body.length / 4) })
    return answer(message)
  }

  async function answer(message: AskedMessage): Promise<FrontAnswer> {
    const refused = removed.find((field) => field in message)
    if (refused !== undefined) return problem(400, `${refused}: Extra inputs are not permitted`)
    asked.push(message)
    const said = await state.script(message)
    if (!('content' in said)) return said
    const whole = messageOf(message, said, `msg_${String(asked.length).padStart(6, '0')}`)
    return message.stream === true
      ? { status: 200, headers: { 'content-type': 'text/event-stream' }, body: eventsOf(whole) }
      : json(whole)
  }

  const front = await startFront<Service>({
    ...(port === undefined ? {} : { port }),
    open: async () => ({ handle, close: async () => undefined }),
  })
  return {
    url: front.url,
    key,
    asked,
    requests: front.requests,
    faults: front.faults,
    get script() {
      return state.script
    },
    set script(next) {
      state.script = next
    },
    close: front.close,
  }
}

function json(body: unknown): FrontAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'request-id': 'req_000001' },
    body: JSON.stringify(body),
  }
}
