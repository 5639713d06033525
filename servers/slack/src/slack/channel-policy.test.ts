import { expect, test } from 'vitest'
import { createChannelPolicy, shownName } from './channel-policy.ts'

test('only what is listed, by any spelling', () => {
  const policy = createChannelPolicy(undefined, ['alerts', 'C0123456789'])
  expect(policy.place('#Alerts')).toBe('alerts')
  expect(policy.place(' alerts ')).toBe('alerts')
  expect(policy.place('C0123456789')).toBe('C0123456789')
  expect(() => policy.place('#general')).toThrow('#general is not a channel this server may write to.')
})

test('a single channel gets everything', () => {
  expect(createChannelPolicy('ops', ['alerts', 'ops']).place('#anything')).toBe('ops')
})

test('names are shown as people write them', () => {
  expect([shownName('alerts'), shownName('C0123456789')]).toEqual(['#alerts', 'C0123456789'])
})
