import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { send } from '../front/testing.ts'
import { startSlack, type SlackStandIn } from '../slack.ts'

let slack: SlackStandIn
beforeAll(async () => void (slack = await startSlack({ channels: ['alerts'] })))
afterAll(() => slack.close())

const press = { user: 'U1', channelId: 'C1', ts: '1.000001', action: 'approve', value: 'v' }

async function open(token: string): Promise<{ ok: boolean; error?: string; url?: string }> {
  const { body } = await send(`${slack.url}/api/apps.connections.open`, { token, body: {} })
  return body as { ok: boolean; error?: string; url?: string }
}

async function connect(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url)
  await once(socket, 'message')
  return socket
}

test('only the app token opens a connection, and it does nothing else', async () => {
  expect(await open(slack.token)).toEqual({ ok: false, error: 'not_allowed_token_type' })
  expect(await open('xapp-other')).toEqual({ ok: false, error: 'invalid_auth' })
  const { body } = await send(`${slack.url}/api/auth.test`, { token: slack.appToken, body: {} })
  expect(body).toEqual({ ok: false, error: 'not_allowed_token_type' })
})

test('an address is good for one connection', async () => {
  const { url } = await open(slack.appToken)
  const socket = await connect(url!)
  expect(slack.connections()).toBe(1)
  await expect(connect(url!)).rejects.toThrow('401')
  socket.close()
  await once(socket, 'close')
})

test('a press reaches whoever is connected and waits for the answer; without anybody it is lost', async () => {
  expect(await slack.press(press)).toBe(false)
  const socket = await connect((await open(slack.appToken)).url!)
  const heard = once(socket, 'message')
  const acknowledged = slack.press(press)
  const [data] = (await heard) as [Buffer]
  const envelope = JSON.parse(data.toString()) as { envelope_id: string }
  expect(envelope).toMatchObject({
    type: 'interactive',
    payload: { type: 'block_actions', user: { id: 'U1' }, actions: [{ action_id: 'approve', value: 'v' }] },
  })
  socket.send(JSON.stringify({ envelope_id: envelope.envelope_id }))
  expect(await acknowledged).toBe(true)
  socket.terminate()
})
