import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const home = { KUBEVIGIL_HOME: '/state' }

function apiUrl(url: string): string {
  return readConfig({ ...home, SLACK_BOT_TOKEN: 'xoxb-1', SLACK_API_URL: url }).apiUrl
}

function teams(url: string): string | undefined {
  return readConfig({ ...home, TEAMS_WEBHOOK_URL: url }).teamsWebhook
}

test('starts with nothing set', () => {
  expect(readConfig(home)).toEqual({
    LOG_LEVEL: 'info',
    token: undefined,
    apiUrl: 'https://slack.com/api/',
    onlyChannel: undefined,
    allowedChannels: ['critical-alerts', 'infrastructure-alerts'],
    appToken: undefined,
    approval: { approvers: [], self: false },
    teamsWebhook: undefined,
    databasePath: '/state/slack.db',
    incidentFolder: '/state/logs/incidents',
  })
})

test('the single channel is always allowed; names lose their #', () => {
  const config = readConfig({ ...home, SLACK_CHANNEL: '#Ops', SLACK_CHANNELS: ' #a, b ,,C0123456789' })
  expect(config.onlyChannel).toBe('ops')
  expect(config.allowedChannels).toEqual(['a', 'b', 'C0123456789', 'ops'])
})

test('a token goes over plain http to this machine only', () => {
  expect(apiUrl('http://127.0.0.1:4000/api')).toBe('http://127.0.0.1:4000/api/')
  expect(apiUrl('http://[::1]:4000/api/')).toBe('http://[::1]:4000/api/')
  for (const url of ['http://slack.example/api/', 'http://127.0.0.1.evil.example/', 'ftp://localhost/', 'nonsense'])
    expect(() => apiUrl(url)).toThrow(/SLACK_API_URL: got "/)
})

test('a bad token is named and not shown', () => {
  expect(() => readConfig({ ...home, SLACK_BOT_TOKEN: 'xoxb-1 2' })).toThrow('SLACK_BOT_TOKEN: got a value not shown')
})

test('approvers are user ids and nothing else', () => {
  const config = readConfig({ ...home, SLACK_APPROVERS: ' U0123ABCD, W0456 ', SLACK_APPROVAL_SELF: 'true' })
  expect(config.approval).toEqual({ approvers: ['U0123ABCD', 'W0456'], self: true })
  for (const given of ['ari', '@U0123ABCD', 'U0123ABCD W0456', '*'])
    expect(() => readConfig({ ...home, SLACK_APPROVERS: given })).toThrow('SLACK_APPROVERS: got "')
})

test('cards go to a workflow of Teams or to this machine, and the address is not shown', () => {
  for (const url of [
    'https://prod-01.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?sig=abcdef',
    'https://1.2.environment.api.powerplatform.com/powerautomate/automations/x?sig=abcdef',
    'http://127.0.0.1:4000/hook',
  ])
    expect(teams(url)).toBe(url)
  for (const url of [
    'https://logic.azure.com.evil.example/?sig=hunter2',
    'http://prod-01.westeurope.logic.azure.com/?sig=hunter2',
    'https://x.webhook.office.com/hunter2',
    'hunter2',
  ]) {
    expect(() => teams(url)).toThrow('TEAMS_WEBHOOK_URL: got a value not shown')
    expect(() => teams(url)).not.toThrow('hunter2')
  }
})
