import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const home = { KUBEVIGIL_HOME: '/state' }

function apiUrl(url: string): string {
  return readConfig({ ...home, SLACK_BOT_TOKEN: 'xoxb-1', SLACK_API_URL: url }).apiUrl
}

test('starts with nothing set', () => {
  expect(readConfig(home)).toEqual({
    LOG_LEVEL: 'info',
    token: undefined,
    apiUrl: 'https://slack.com/api/',
    onlyChannel: undefined,
    allowedChannels: ['critical-alerts', 'infrastructure-alerts'],
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
