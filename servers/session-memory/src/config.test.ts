import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from './config.ts'

function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubevigil-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'file.yaml'), text)
  return join(folder, 'file.yaml')
}

test.for([
  [{ KUBEVIGIL_HOME: '/home', SESSION_DIR: '/sessions', XDG_STATE_HOME: '/state' }, '/home/memory.db'],
  [{ SESSION_DIR: '/sessions', XDG_STATE_HOME: '/state' }, '/sessions/memory.db'],
  [{ XDG_STATE_HOME: '/state' }, '/state/kubevigil/memory.db'],
] as const)('%j keeps the memory in %s', ([environment, path]) => {
  expect(readConfig(environment).databasePath).toBe(path)
})

test('without a services file there is no catalog, and it says so', () => {
  expect(readConfig({})).toMatchObject({ hasCatalog: false, catalog: { services: [] }, maxContextTokens: 120_000 })
  const services = file('services:\n  - { name: web, priority: P0, selectors: [{ name: web }] }\n')
  expect(readConfig({ KUBEVIGIL_SERVICES: services })).toMatchObject({ hasCatalog: true })
})

test.for([
  ['ops', '#ops'],
  ['#ops', '#ops'],
  ['C01234567', 'C01234567'],
] as const)('SLACK_CHANNEL %s replaces every channel of the policy', ([given, channel]) => {
  const policy = file('channels: { SEV-1: "#war-room" }\nbusinessHours: { timeZone: Europe/Berlin }\n')
  expect(readConfig({ KUBEVIGIL_POLICY: policy }).policy.channels['SEV-1']).toBe('#war-room')
  expect(readConfig({ KUBEVIGIL_POLICY: policy, SLACK_CHANNEL: given }).policy).toMatchObject({
    channels: { 'SEV-1': channel, 'SEV-2': channel, 'SEV-3': channel },
    escalation: { channel },
    businessHours: { timeZone: 'Europe/Berlin' },
  })
})

test('a token limit of an older installation is taken down to what can be asked', () => {
  expect(readConfig({ MAX_CONTEXT_TOKENS: '2000000' }).maxContextTokens).toBe(1_000_000)
  expect(() => readConfig({ MAX_CONTEXT_TOKENS: '10' })).toThrow(/MAX_CONTEXT_TOKENS: got "10"/)
})
