import { incident } from '@kubevigil/core/assess/testing'
import { day } from '@kubevigil/core/time'
import { expect, test } from 'vitest'
import { searchMemory } from './search-memory.ts'
import { call, runCycle, testContext } from './testing.ts'
import { updateIncident } from './update-incident.ts'

const backend = incident('chores-tracker-backend', 0, 2, {
  namespace: 'chores',
  rule: 'POD_OOM_KILLED',
  causes: ['The container uses more memory than its limit allows.'],
})
const vault = incident('vault', 0, 1, { causes: ['Vault is sealed: café résumé'] })

async function filled() {
  const context = await testContext()
  await runCycle(context, [backend, vault])
  const note = { action: 'note' as const, by: 'Ari', note: 'unsealed after the power cut' }
  await call(updateIncident, { fingerprint: vault.fingerprint, ...note }, context)
  return context
}

test.for([
  ['chores-tracker-backend', 'all', ['incident chores-tracker-backend', 'decision chores-tracker-backend']],
  ['limit allows', 'all', ['incident chores-tracker-backend']],
  ['memory sealed', 'any', ['incident chores-tracker-backend', 'incident vault']],
  ['cafe resume', 'all', ['incident vault']],
  ['power cut', 'all', ['note vault']],
  ['POD_OOM_KILLED', 'all', ['incident chores-tracker-backend']],
  ['nothing-like-it', 'none', []],
  ['" OR NEAR(*) title:x) --', 'none', []],
] as const)('%s: %s', async ([query, matched, expected]) => {
  const answer = await call(searchMemory, { query }, await filled())
  expect(answer.matched).toBe(matched)
  const names = answer.rows.map(({ kind, root }) => `${kind} ${root?.split('/').at(-1)}`)
  expect(new Set(names)).toEqual(new Set(expected))
})

test('kinds and clusters narrow it; pages go on', async () => {
  const context = await filled()
  const notes = await call(searchMemory, { query: 'vault', kinds: ['note'] }, context)
  expect(notes.rows).toMatchObject([{ kind: 'note', id: 2, state: 'open', excerpt: /power cut/ }])
  expect((await call(searchMemory, { query: 'vault', cluster: 'other' }, context)).rows).toEqual([])
  const first = await call(searchMemory, { query: 'vault', limit: 1 }, context)
  const rest = await call(searchMemory, { query: 'vault', cursor: first.nextCursor! }, context)
  expect(new Set([...first.rows, ...rest.rows].map(({ kind }) => kind))).toEqual(
    new Set(['incident', 'note', 'decision']),
  )
  expect(rest.nextCursor).toBeNull()
})

test('what an incident no longer says is no longer found', async () => {
  const context = await filled()
  await runCycle(context, [{ ...backend, causes: ['A probe fails.'] }, vault])
  expect((await call(searchMemory, { query: 'limit allows' }, context)).matched).toBe('none')
  expect((await call(searchMemory, { query: 'probe fails' }, context)).rows).toHaveLength(1)
})

test('a query without a word is refused, and a full page stays within the budget', async () => {
  const context = await testContext()
  await expect(call(searchMemory, { query: '"*"' }, context)).rejects.toThrow('holds no word')
  const many = Array.from({ length: 45 }, (_, n) => incident(`w-${n}`, 0, 1, { title: `full disk ${'x'.repeat(400)}` }))
  for (const part of [many.slice(0, 15), many.slice(15, 30), many.slice(30)])
    await runCycle(context, part, { coverage: [] })
  const page = await call(searchMemory, { query: 'disk', limit: 50 }, context)
  expect(JSON.stringify(page).length).toBeLessThan(16_000)
  expect(page.nextCursor).not.toBeNull()
})

test('finds messages, and reads one whole', async () => {
  const context = await filled()
  const text = `${'before '.repeat(100)}the certificate of the gateway expires${' after'.repeat(100)}`
  const session = {
    id: 'watch',
    summary: null,
    messages: [{ role: 'user', importance: 'normal', pinned: false, text }],
  }
  await runCycle(context, [backend, vault], { session })
  const { rows } = await call(searchMemory, { query: 'gateway certificate', kinds: ['message'] }, context)
  expect(rows).toMatchObject([
    { kind: 'message', title: 'user in session watch', cluster: 'home', fingerprint: null, sev: null, root: null },
  ])
  expect(rows[0]!.excerpt).toMatch(/^… before .* the certificate of the gateway expires after .* …$/)
  expect((await call(searchMemory, { message: rows[0]!.id }, context)).message).toMatchObject({
    text,
    session: 'watch',
  })
  await expect(call(searchMemory, { message: 99 }, context)).rejects.toThrow('No message is kept under 99')
  await expect(call(searchMemory, {}, context)).rejects.toThrow('Search by query')
})

test('of equal matches the newer stands first, and a title beats a body', async () => {
  const context = await testContext()
  await runCycle(context, [incident('old', 0, 1, { causes: ['quota reached'] })])
  context.clock.now += 200 * day
  await runCycle(context, [
    incident('new', 0, 1, { causes: ['quota reached'] }),
    incident('best', 0, 1, { title: 'quota reached' }),
  ])
  const { rows } = await call(searchMemory, { query: 'quota reached', kinds: ['incident'] }, context)
  expect(rows.map(({ root }) => root?.split('/').at(-1))).toEqual(['best', 'new', 'old'])
})

test('words that are everywhere give the newest, and a rare one among them decides', async () => {
  const context = await testContext()
  for (let part = 0; part < 45; part++) {
    const messages = Array.from({ length: 50 }, (_, n) => ({
      role: 'tool',
      importance: 'low',
      pinned: false,
      text: `check ${part * 50 + n} common`,
    }))
    await runCycle(context, [], { session: { id: 'watch', summary: null, messages } })
  }
  const { rows } = await call(searchMemory, { query: 'common', limit: 2 }, context)
  expect(rows.map(({ excerpt }) => excerpt)).toEqual(['check 2249 common', 'check 2248 common'])
  const found = await call(searchMemory, { query: 'common 1234' }, context)
  expect(found).toMatchObject({ matched: 'all', rows: [{ excerpt: 'check 1234 common' }] })
  expect((await call(searchMemory, { query: 'common absent' }, context)).matched).toBe('any')
})
