import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startClaude, systemText, taskOf, text, toolResults, toolUse, type ClaudeStandIn } from '../claude.ts'

let claude: ClaudeStandIn
beforeAll(async () => {
  claude = await startClaude({
    script: (asked) => ({
      content: toolResults(asked).length > 0 ? [text('Done.')] : [text('I look.'), toolUse('get_logs', { pod: 'a' })],
    }),
  })
})
afterAll(() => claude.close())

const question = { model: 'claude-haiku-5-5', max_tokens: 100, messages: [{ role: 'user', content: 'Look.' }] }

function post(path: string, body: object, headers: Record<string, string> = { 'x-api-key': claude.key }) {
  return fetch(`${claude.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

describe('the Messages API stand-in', () => {
  it('answers a message, with either header', async () => {
    const answers = [
      await post('/v1/messages', question),
      await post('/v1/messages?beta=true', question, { authorization: `Bearer ${claude.key}` }),
    ]
    for (const answer of answers) {
      expect(await answer.json()).toMatchObject({
        type: 'message',
        model: 'claude-haiku-5-5',
        stop_reason: 'tool_use',
        content: [{ type: 'text' }, { type: 'tool_use', name: 'get_logs', input: { pod: 'a' } }],
      })
    }
  })

  it('streams the same as events', async () => {
    const answer = await post('/v1/messages', { ...question, stream: true })
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    const events = (await answer.text()).split('\n\n').filter(Boolean)
    expect(events.map((event) => /^event: (\w+)\ndata: \{/.exec(event)?.[1])).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    expect(events[5]).toContain(String.raw`"partial_json":"{\"pod\":\"a\"}"`)
  })

  it('refuses another key, removed fields and unknown paths as the API does', async () => {
    const wrong = await post('/v1/messages', question, { 'x-api-key': 'other' })
    expect(wrong.status).toBe(401)
    expect(await wrong.json()).toMatchObject({ type: 'error', error: { type: 'authentication_error' } })
    expect((await post('/v1/messages', { ...question, temperature: 1 })).status).toBe(400)
    expect((await post('/v1/complete', question)).status).toBe(404)
  })

  it('answers what a client asks around it', async () => {
    expect((await fetch(`${claude.url}/api/hello`, { method: 'HEAD' })).status).toBe(200)
    const count = await post('/v1/messages/count_tokens', question)
    expect(await count.json()).toMatchObject({ input_tokens: expect.any(Number) as number })
  })
})

describe('what a script reads of a request', () => {
  const result = { type: 'tool_result', tool_use_id: 't', content: 'x' }
  const asked = {
    ...question,
    system: [text('You look.'), text('Always.')],
    messages: [
      ...question.messages,
      { role: 'assistant', content: [toolUse('get_logs', {})] },
      { role: 'user', content: [result] },
      { role: 'user', content: 'A reminder.' },
    ],
  }

  it('is the results since the last turn, wherever they stand', () => {
    expect(toolResults(asked)).toEqual([result])
    expect(toolResults({ ...asked, messages: [...asked.messages, { role: 'assistant', content: 'Ah.' }] })).toEqual([])
  })

  it('is the prompt and the task', () => {
    expect(systemText(asked)).toBe('You look.\nAlways.')
    expect(taskOf(asked)).toBe('Look.')
  })
})
