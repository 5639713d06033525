import { expect, test } from 'vitest'
import { incident, justNow, remembered } from './assess/testing.ts'
import type { Coverage } from './observe.ts'
import { absentNow, forbiddenSources, resolvedNow, type Look, type RememberedIncident } from './remember.ts'

const whole: Coverage[] = [
  { source: 'api', status: 'ok', detail: '' },
  { source: 'pods', status: 'ok', detail: '12' },
  { source: 'nodes, deployments, events', status: 'ok', detail: '' },
  { source: 'applications', status: 'absent', detail: '' },
]
const gone = incident('n8n', 0, 1)

function look(rest: Partial<Look> = {}, open: RememberedIncident[] = [remembered(gone)]) {
  return resolvedNow({ incidents: open }, { incidents: [], coverage: whole, ...rest })
}
function withGap(source: string, status: Coverage['status']): Coverage[] {
  return [...whole, { source, status, detail: '' }]
}

test('an open incident that a whole look does not show is over', () => {
  expect(look()).toMatchObject({ resolved: [{ fingerprint: gone.fingerprint }], warnings: [] })
})

test('one that is seen, or was resolved before, is not resolved now', () => {
  expect(look({ incidents: [gone] }).resolved).toEqual([])
  expect(look({}, [remembered(gone, { resolvedAt: justNow(60_000) })]).resolved).toEqual([])
})

test.for([
  ['pods', 'partial'],
  ['nodes', 'forbidden'],
  ['events', 'timeout'],
  ['statefulsets', 'absent'],
  ['api', 'error'],
] as const)('a look without %s (%s) resolves nothing and says so', ([source, status]) => {
  const { resolved, warnings } = look({ coverage: withGap(source, status) })
  expect(resolved).toEqual([])
  expect(warnings).toEqual([`An open incident is not seen and not resolved: ${source} was not read whole (${status}).`])
})

test.for(['metrics', 'applications', 'github', 'api group metrics.k8s.io'])('a look without %s resolves', (source) => {
  expect(look({ coverage: withGap(source, 'error') }).resolved).toHaveLength(1)
})

test('no coverage is no look', () => {
  expect(look({ coverage: [] }).warnings[0]).toContain('does not say that api and pods were read')
})

test('what was forbidden when it was seen cannot be what hides it now', () => {
  const coverage = withGap('nodes', 'forbidden')
  expect(forbiddenSources(coverage)).toEqual(['nodes'])
  expect(look({ coverage }, [remembered(gone, { unread: ['nodes'] })]).resolved).toHaveLength(1)
  expect(look({ coverage: withGap('nodes', 'timeout') }, [remembered(gone, { unread: ['nodes'] })]).resolved).toEqual(
    [],
  )
})

test('a look at one namespace resolves only there', () => {
  expect(look({ namespace: 'default' }).resolved).toHaveLength(1)
  expect(look({ namespace: 'other' })).toEqual({ resolved: [], warnings: [] })
})

test('an answer that left incidents out resolves nothing', () => {
  expect(look({ omitted: 3 })).toMatchObject({ resolved: [], warnings: [/left 3 incidents out/] })
})

test('a fault that became part of another incident is not over', () => {
  const node = incident('node-1', null, null, { kind: 'Node', namespace: '' })
  expect(look({ incidents: [{ ...node, affected: gone.affected }] })).toEqual({ resolved: [], warnings: [] })
  expect(look({ incidents: [incident('n8n', 0, 1, { rule: 'POD_OOM_KILLED' })] }).resolved).toEqual([])
})

test.for([
  ['0101011', 0],
  ['010000000000000000000', 1],
] as const)('what flaps is over only when it has calmed down: after %s %i is', ([looks, over]) => {
  expect(look({}, [remembered(gone, { looks, flapping: true })]).resolved).toHaveLength(over)
})

test('absence is judged of what is resolved, too', () => {
  const over = remembered(gone, { resolvedAt: justNow(60_000) })
  expect(absentNow([over], { incidents: [], coverage: whole }).absent).toEqual([over])
  expect(absentNow([over], { incidents: [], coverage: withGap('pods', 'partial') }).absent).toEqual([])
})

test('another fault of the cluster itself does not keep one open', () => {
  const cluster = { kind: 'Cluster', namespace: '' }
  const ended = remembered(incident('home', null, null, { ...cluster, rule: 'API_UNREACHABLE' }))
  const lasting = incident('home', null, null, { ...cluster, rule: 'VERSION_SKEW' })
  expect(look({ incidents: [lasting] }, [ended]).resolved).toHaveLength(1)
})
