import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { claudeEngine } from '../../agents/src/engines/claude/engine.ts'
import {
  cutOff,
  problem,
  text,
  toolUse,
  webPage,
  type AskedMessage,
  type ClaudeStandIn,
  type Said,
} from '../../shared/simulator/src/claude.ts'
import { diligent } from './claude-script.ts'
import { startClaudeWorld, type ClaudeWorld } from './claude-world.ts'

let world: ClaudeWorld
let claude: ClaudeStandIn
beforeAll(async () => {
  world = await startClaudeWorld()
  claude = world.claude
})
afterAll(() => world.close())
beforeEach(() => {
  claude.script = diligent
  claude.asked.length = 0
  claude.faults.length = 0
})

type Script = (asked: AskedMessage) => Said | ReturnType<typeof problem>

/** What the engine makes of the incident when the model follows the script. */
async function read(script: Script, settings: Record<string, string> = {}, deadlineMs = 20_000) {
  claude.script = script
  return world.read(claudeEngine({ ...world.config(settings), deadlineMs }))
}

/** Takes nearly all that fits at the lower price. */
const dear: Script = (asked) => ({ ...diligent(asked), usage: { input_tokens: 90_000, output_tokens: 10 } })

/** Says the same every time, whoever asks. */
const always =
  (said: Said): Script =>
  () =>
    said
const json = { status: 200, headers: { 'content-type': 'application/json' } }

const ends: [name: string, script: Script, note: RegExp, asked: number][] = [
  ['401', () => problem(401, 'invalid x-api-key'), /refused the key \(401, request req_000001\).*ANTHROPIC_API_KEY/, 1],
  ['403', () => problem(403, 'no'), /does not allow this \(403/, 1],
  ['404', () => problem(404, 'model: x'), /does not know the model .*\(404/, 1],
  ['400', () => problem(400, 'bad'), /refused the request \(400/, 1],
  ['429 for an hour', () => problem(429, 'slow', { 'retry-after': '3600' }), /rate limit.*asks to wait 3600 s/, 1],
  ['429 that stays', () => problem(429, 'slow', { 'retry-after': '0' }), /rate limit reached \(429/, 2],
  ['500', () => problem(500, 'oops', { 'retry-after': '0' }), /error of its own \(500/, 2],
  ['529', () => problem(529, 'busy', { 'retry-after': '0' }), /overloaded \(529/, 2],
  ['a web page', () => webPage(), /no message/, 1],
  ['half an answer', () => cutOff({ ...json, body: JSON.stringify({ content: [text('I')] }) }), /no message/, 1],
  ['another document', () => ({ ...json, body: '{"ok":true}' }), /no message/, 1],
  ['a refusal', always({ content: [], stopReason: 'refusal' }), /refused the work of k8s-analyzer/, 1],
  ['max_tokens', always({ content: [text('It is')], stopReason: 'max_tokens' }), /cut off \(max_tokens\)/, 1],
  ['prose', always({ content: [text('All is well.')] }), /handed in no report/, 2],
  ['a bad report', () => ({ content: [toolUse('submit_report', { incidents: 'none' })] }), /another form twice/, 2],
  ['an endless loop', () => ({ content: [toolUse('mcp__kubernetes__list_events', {})] }), /after 8 turns/, 8],
  [
    'a usage that gives money back',
    (asked) => ({ ...diligent(asked), usage: { input_tokens: -1e9, output_tokens: 0 } }),
    /no message/,
    1,
  ],
  ['an unknown tool', () => ({ content: [toolUse('Bash', { command: 'ls' })] }), /after 8 turns/, 8],
]

describe('whatever the API does, the cycle goes on with the rules and says so', () => {
  it.each(ends)('%s', async (_name, script, note, asked) => {
    const reading = await read(script)
    expect(reading).toMatchObject({ engine: 'rules', note: expect.stringMatching(note) as string, raise: [] })
    expect(reading.note).not.toContain(claude.key)
    expect(claude.asked).toHaveLength(asked)
  })

  it('with every notification sent', async () => {
    claude.script = () => problem(500, 'oops')
    const report = await world.cycle(claudeEngine(world.config()))
    expect(report).toMatchObject({ engine: 'rules', engineNote: expect.stringMatching(/error of its own/) as string })
    expect(report.incidents[0]).toMatchObject({ sev: 'SEV-1', notification: { state: 'sent' } })
    expect((await world.slack.messages('critical-alerts'))[0]?.text).toContain('SEV-1')
  })

  it('a wrong key', async () => {
    const reading = await read(diligent, { ANTHROPIC_API_KEY: 'another-key' })
    expect(reading.note).toMatch(/refused the key \(401/)
    expect(reading.note).not.toContain('another-key')
  })

  it('a connection that breaks', async () => {
    claude.faults.push({ match: { path: '/v1/messages' }, action: { kind: 'drop' } })
    expect((await read(diligent)).note).toMatch(/could not be reached/)
  })

  it('an API that never answers', async () => {
    claude.faults.push({ match: { path: '/v1/messages' }, action: { kind: 'hang' } })
    expect((await read(diligent, {}, 300)).note).toMatch(/had not finished after/)
  })

  it('an answer that stops in its middle', async () => {
    const stalling = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"content":[')
    })
    await new Promise<void>((resolve) => stalling.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(stalling.address() as AddressInfo).port}`
    try {
      expect((await read(diligent, { ANTHROPIC_BASE_URL: url }, 300)).note).toMatch(/had not finished after/)
    } finally {
      stalling.closeAllConnections()
      stalling.close()
    }
  })

  it('a budget that does not cover the first request', async () => {
    const reading = await read(diligent, { CLAUDE_BUDGET_USD: '0.001' })
    expect(reading).toMatchObject({ engine: 'rules', usage: { costUsd: 0 } })
    expect(reading.note).toMatch(/budget of \$0.001 does not cover.*CLAUDE_BUDGET_USD/)
    expect(claude.asked).toHaveLength(0)
  })

  it('a budget that ends on the way, with what was spent told', async () => {
    const reading = await read(dear, { CLAUDE_BUDGET_USD: '0.02' })
    expect(reading.note).toMatch(/does not cover the next request: \$0\.0\d+ are spent/)
    expect(reading.usage.costUsd).toBeGreaterThan(0)
    expect(reading.usage.costUsd).toBeLessThanOrEqual(0.02)
  })

  it('a package for a cloud that is not installed', async () => {
    const reading = await read(diligent, { CLAUDE_PROVIDER: 'bedrock' })
    expect(reading.note).toMatch(/@anthropic-ai\/bedrock-sdk is not installed/)
  })
})

it('a turn with hundreds of tool calls costs ten', async () => {
  const flood: Said = { content: Array.from({ length: 300 }, () => toolUse('mcp__kubernetes__list_events', {})) }
  await read((asked) => (asked.messages.length === 1 ? flood : diligent(asked)))
  const results = claude.asked[1]!.messages.at(-1)!.content as { content: string; is_error?: boolean }[]
  expect(results).toHaveLength(300)
  expect(results.filter((result) => result.is_error !== true)).toHaveLength(10)
  expect(results.at(-1)?.content).toBe('At most 10 tools a turn.')
})

describe('what is tried again', () => {
  it('a busy API that asks for patience once', async () => {
    claude.faults.push({
      match: { path: '/v1/messages' },
      times: 1,
      action: { kind: 'status', status: 529, headers: { 'retry-after': '0' } },
    })
    expect(await read(diligent)).toMatchObject({ engine: 'claude', note: '' })
  })

  it('a report of another form, once corrected', async () => {
    let first = true
    const reading = await read((asked) => {
      if (!first) return diligent(asked)
      first = false
      return { content: [toolUse('submit_report', {})] }
    })
    expect(reading.engine).toBe('claude')
    expect(JSON.stringify(claude.asked[1]?.messages.at(-1))).toContain('The report is not accepted: incidents')
  })

  it('prose, once reminded; thinking is sent back as it came', async () => {
    const thinking = { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }
    let first = true
    const reading = await read((asked) => {
      if (!first) return diligent(asked)
      first = false
      return { content: [thinking, text('All is well.')] }
    })
    expect(reading.engine).toBe('claude')
    expect(claude.asked[1]?.messages.slice(1)).toEqual([
      { role: 'assistant', content: [thinking, { type: 'text', text: 'All is well.' }] },
      { role: 'user', content: 'Hand in your report with submit_report.' },
    ])
  })

  it('nothing that the API of this year refuses is ever sent', async () => {
    await read(diligent)
    for (const asked of claude.asked) {
      expect(Object.keys(asked).toSorted()).toEqual(['max_tokens', 'messages', 'model', 'system', 'tools'])
      expect(asked.messages.at(-1)?.role).toBe('user')
    }
  })
})

it('speaks to a gateway of the older kind', async () => {
  const reading = await read(diligent, { ANTHROPIC_AUTH_HEADER: 'x-api-key' })
  expect(reading.engine).toBe('claude')
})
