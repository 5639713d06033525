import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectServer, type ConnectedServer } from '../../shared/mcp-kit/src/client.ts'
import { startSlack, type SlackStandIn } from '../../shared/simulator/src/slack.ts'

const main = join(import.meta.dirname, '../../servers/slack/src/main.ts')

let slack: SlackStandIn
let home: string
let server: ConnectedServer

beforeAll(async () => {
  slack = await startSlack({ channels: ['general', 'zz-alerts'] })
  home = mkdtempSync(join(tmpdir(), 'kubevigil-flow-start-'))
  const env = {
    KUBEVIGIL_HOME: home,
    SLACK_BOT_TOKEN: slack.token,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_APPROVERS: 'U0123ABCD',
    SLACK_API_URL: `${slack.url}/api/`,
    SLACK_CHANNELS: 'zz-alerts',
  }
  const process_ = { name: 'slack', command: process.execPath, args: [main], env, onLog: () => {} }
  server = await connectServer(process_, '0.0.0')
})

afterAll(async () => {
  await server.close()
  await slack.close()
  rmSync(home, { recursive: true })
})

/** The methods asked for since the last look. */
function asked(): string[] {
  return slack.requests.splice(0).map(({ path }) => path.replace('/api/', ''))
}

const message = { channel: '#zz-alerts', text: 'hi' }

test('a start asks Slack for nothing, and no tool asks for the users or more than it needs', async () => {
  await server.listTools()
  await server.call('get_notification_status', {})
  expect(asked()).toEqual([])
  await server.call('post_message', { ...message, key: 'one' })
  expect(asked()).toEqual(['conversations.list', 'chat.postMessage'])
  await server.call('post_message', { ...message, key: 'two' })
  await server.call('read_channel', { channel: 'zz-alerts' })
  expect(asked()).toEqual(['chat.postMessage', 'conversations.history'])
  await server.call('flush_outbox', {})
  expect(asked()).toEqual([])
})

test('the manifest asks for no scope that no call needs', () => {
  const manifest = readFileSync(join(import.meta.dirname, '../../servers/slack/app-manifest.yaml'), 'utf8')
  const scopes = [...manifest.matchAll(/^ {6}- ([\w:]+)$/gm)].map(([, scope]) => scope)
  expect(scopes).toEqual([
    'chat:write',
    'channels:read',
    'channels:history',
    'reactions:read',
    'groups:read',
    'groups:history',
  ])
})
