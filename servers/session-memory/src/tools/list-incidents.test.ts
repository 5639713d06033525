import { incident } from '@kubevigil/core/assess/testing'
import { expect, test } from 'vitest'
import { listIncidents } from './list-incidents.ts'
import { call, runCycle, testContext } from './testing.ts'

test('pages through all, open before resolved, gravest first', async () => {
  const context = await testContext()
  const gone = incident('oncall-agent', 0, 1)
  const names = ['mysql', 'n8n', 'vault', 'whoami-test']
  await runCycle(context, [gone])
  await runCycle(
    context,
    names.map((name) => incident(name, 0, 1)),
  )
  const rows: string[] = []
  let cursor: string | null = null
  do {
    const page: { incidents: { state: string; sev: string; root: { name: string } }[]; nextCursor: string | null } =
      await call(listIncidents, { limit: 2, ...(cursor === null ? {} : { cursor }) }, context)
    expect(page.incidents.length).toBeLessThanOrEqual(2)
    rows.push(...page.incidents.map(({ state, sev, root }) => `${state} ${sev} ${root.name}`))
    cursor = page.nextCursor
  } while (cursor !== null)
  expect(rows).toEqual([
    'open SEV-1 n8n',
    'open SEV-1 mysql',
    'open SEV-4 whoami-test',
    'open SEV-4 vault',
    'resolved SEV-2 oncall-agent',
  ])
})

test('filters by state, service and cluster', async () => {
  const context = await testContext()
  await runCycle(context, [incident('mysql', 0, 1), incident('n8n', 0, 1)])
  await runCycle(context, [incident('n8n', 0, 1)])
  const found = async (filter: { state?: 'open' | 'resolved'; service?: string; cluster?: string }) =>
    (await call(listIncidents, filter, context)).incidents.map((row) => row.root.name)
  expect(await found({ state: 'open' })).toEqual(['n8n'])
  expect(await found({ state: 'resolved' })).toEqual(['mysql'])
  expect(await found({ service: 'mysql' })).toEqual(['mysql'])
  expect(await found({ cluster: 'other' })).toEqual([])
})

test('a full page stays within the budget and the cursor goes on from what was shown', async () => {
  const context = await testContext()
  const incidents = Array.from({ length: 90 }, (_, n) => incident(`workload-${n}`, 0, 1, { title: 'x'.repeat(400) }))
  for (const part of [incidents.slice(0, 15), incidents.slice(15, 30), incidents.slice(30, 45)])
    await runCycle(context, part, { coverage: [] })
  const page = await call(listIncidents, { limit: 100 }, context)
  expect(JSON.stringify(page).length).toBeLessThan(20_000)
  const rest = await call(listIncidents, { limit: 100, cursor: page.nextCursor! }, context)
  const shown = new Set([...page.incidents, ...rest.incidents].map((row) => row.fingerprint))
  expect(shown.size).toBe(page.incidents.length + rest.incidents.length)
})

test('a made-up cursor is refused', () => {
  expect(listIncidents.input.safeParse({ cursor: "0~SEV-1~1' OR 1" }).error?.issues[0]?.message).toBe(
    'take nextCursor of the page before',
  )
})
