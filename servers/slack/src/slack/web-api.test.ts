import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SlackApi } from './api.ts'
import { createSlackApi } from './web-api.ts'

let server: Server
let slack: SlackApi
let answer: { status: number; headers?: Record<string, string>; body: string }
let asked: { path: string; fields: Record<string, string> }[]

beforeEach(async () => {
  asked = []
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      asked.push({ path: request.url ?? '', fields: Object.fromEntries(new URLSearchParams(body)) })
      response.writeHead(answer.status, answer.headers).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  slack = createSlackApi('xoxb-test', `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`)
})
afterEach(() => void server.close())

const message = {
  channel: 'C0123456789',
  threadTs: null,
  broadcast: false,
  text: 'hi',
  blocks: null,
  mark: { key: 'k', kind: 'root', incident: 'i' },
}

async function failure(status: number, body: string, headers = {}) {
  answer = { status, body, headers }
  const result = await slack.post(message)
  return result.ok ? undefined : result.failure
}

test('posts marked, without unfurling', async () => {
  answer = { status: 200, body: '{"ok":true,"channel":"C0123456789","ts":"1.000001"}' }
  expect(await slack.post(message)).toEqual({ ok: true, value: { channelId: 'C0123456789', ts: '1.000001' } })
  expect(asked).toMatchObject([
    {
      path: '/api/chat.postMessage',
      fields: {
        unfurl_links: 'false',
        unfurl_media: 'false',
        metadata: '{"event_type":"kubevigil_incident","event_payload":{"key":"k","kind":"root","incident":"i"}}',
      },
    },
  ])
})

test('every failure is sorted by what it means for sending again, after one request', async () => {
  expect(await failure(429, '', { 'retry-after': '7' })).toEqual({
    kind: 'unsent',
    reason: 'Slack limits the rate',
    retryAfterMs: 7000,
  })
  expect(await failure(503, 'no')).toEqual({ kind: 'unsure', reason: 'Slack answered HTTP 503' })
  expect(await failure(200, '{"ok":false,"error":"fatal_error"}')).toMatchObject({ kind: 'unsure' })
  expect(await failure(200, '{"ok":false,"error":"ratelimited"}')).toMatchObject({ kind: 'unsent' })
  expect(await failure(200, '{"ok":false,"error":"missing_scope","needed":"chat:write"}')).toEqual({
    kind: 'refused',
    code: 'missing_scope',
    needed: 'chat:write',
  })
  expect(await failure(200, '<html>Sign in to the hotel</html>')).toMatchObject({ kind: 'unsure' })
  expect(await failure(200, '{"ok":true}')).toMatchObject({ kind: 'unsure' })
  expect(asked).toHaveLength(7)
})

test('a refused connection is certain not to have been heard', async () => {
  const port = (server.address() as AddressInfo).port
  await new Promise((resolve) => server.close(resolve))
  const gone = createSlackApi('xoxb-test', `http://127.0.0.1:${port}/api/`)
  expect(await gone.post(message)).toEqual({
    ok: false,
    failure: { kind: 'unsent', reason: 'Slack cannot be reached (ECONNREFUSED)' },
  })
})
