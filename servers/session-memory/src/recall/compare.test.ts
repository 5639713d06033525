import { expect, test } from 'vitest'
import type { Stand } from '../store/stands.ts'
import { changeOf, gapsOf } from './compare.ts'

const base: Stand = {
  fingerprint: 'aaaa',
  title: '',
  service: null,
  root: { kind: 'Deployment', namespace: 'default', name: 'n8n' },
  before: { sev: 'SEV-2', members: 3 },
  after: { sev: 'SEV-2', members: 3 },
  begun: null,
  seen: true,
  over: false,
}

test.for<[string, Partial<Stand>]>([
  ['same', {}],
  ['worse', { after: { sev: 'SEV-1', members: 1 } }],
  ['worse', { after: { sev: 'SEV-2', members: 4 } }],
  ['better', { after: { sev: 'SEV-3', members: 9 } }],
  ['better', { after: { sev: 'SEV-2', members: 2 } }],
  ['new', { before: null, begun: 'new' }],
  ['reopened', { begun: 'reopened' }],
  ['gone', { seen: false, over: true }],
  ['notLookedAt', { seen: false }],
  ['notLookedAt', { before: null, begun: 'new', seen: false }],
])('%s: %o', ([change, rest]) => {
  expect(changeOf({ ...base, ...rest })).toBe(change)
})

const ok = (source: string) => ({ source, status: 'ok' as const, detail: '' })

test('a look is whole when all that matters was read', () => {
  expect(gapsOf([ok('api'), ok('pods'), { ...ok('metrics'), status: 'forbidden' }])).toEqual([])
  expect(gapsOf([ok('api'), { ...ok('pods'), status: 'partial' }])).toEqual(['pods (partial)'])
  expect(gapsOf([])).toEqual(['api (not named)', 'pods (not named)'])
})
