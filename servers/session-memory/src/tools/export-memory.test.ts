import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { incident } from '@kubevigil/core/assess/testing'
import { day } from '@kubevigil/core/time'
import { expect, test } from 'vitest'
import { migrations } from '../store/schema.ts'
import { exportMemory } from './export-memory.ts'
import { getContext } from './get-context.ts'
import { importMemory } from './import-memory.ts'
import { pruneMemory } from './prune-memory.ts'
import { searchMemory } from './search-memory.ts'
import { call, runCycle, testContext } from './testing.ts'
import { updateIncident } from './update-incident.ts'

const vault = incident('vault', 0, 1, { fingerprint: 'bbbb', title: 'Vault’s “seal” \n 🔒 is \u2028 on' })

const said = ['cycle', 'incident', 'observation', 'decision', 'event', 'session', 'message', 'model_tokens']
const folded = ['folded_cycles', 'folded_sightings']

/** A memory with something in each of these tables. */
async function filled() {
  const context = await testContext()
  const session = {
    id: 'watch',
    summary: 'calm',
    messages: [{ role: 'user', importance: 'low', pinned: true, text: 'hi\nthere' }],
  }
  const models = [{ model: 'm', inputTokens: 1234, outputTokens: 5, estimatedInputTokens: 1000, costUsd: 0.1 }]
  for (let n = 0; n < 12; n++) await runCycle(context, [vault, incident('whoami-test', 0, 1)], { session, models })
  await runCycle(context, [vault])
  await call(
    updateIncident,
    { fingerprint: 'bbbb', action: 'note', by: 'Ari', note: 'unsealed after the power cut' },
    context,
  )
  context.clock.now += 200 * day
  await call(pruneMemory, { dryRun: false }, context)
  return context
}

function fileOf({ path }: { path: string }, name: string): string {
  return join(dirname(path), 'exports', name)
}

/** Puts a text where another memory looks for exports. */
function place(context: { path: string }, text: string, name = 'm.jsonl'): void {
  mkdirSync(dirname(fileOf(context, name)), { recursive: true })
  writeFileSync(fileOf(context, name), text)
}

test('what is exported, imported and exported again is the same, to the byte; nothing is left out', async () => {
  const from = await filled()
  const { path, rows, bytes } = await call(exportMemory, { file: 'm.jsonl' }, from)
  expect(path).toBe(fileOf(from, 'm.jsonl'))
  const text = readFileSync(path, 'utf8')
  expect(statSync(path)).toMatchObject({ size: bytes })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(text.split('\n')).toHaveLength(rows + 3)
  for (const table of [...said, ...folded]) expect(text).toContain(`{"table":"${table}"`)

  const to = { ...(await testContext()), now: from.now }
  place(to, text)
  expect(await call(importMemory, { file: 'm.jsonl' }, to)).toMatchObject({ rows })
  await call(exportMemory, { file: 'again.jsonl' }, to)
  expect(readFileSync(fileOf(to, 'again.jsonl'), 'utf8')).toBe(text)
  expect(await call(getContext, { session: 'watch' }, to)).toEqual(await call(getContext, { session: 'watch' }, from))
  expect((await call(searchMemory, { query: 'power cut' }, to)).rows).toMatchObject([{ kind: 'note' }])
})

test('an import is for an empty memory, and a file that is there is not overwritten', async () => {
  const context = await filled()
  await call(exportMemory, { file: 'm.jsonl' }, context)
  await expect(call(exportMemory, { file: 'm.jsonl' }, context)).rejects.toThrow('There is an export at')
  await expect(call(importMemory, { file: 'm.jsonl' }, context)).rejects.toThrow('holds something already')
  const other = await testContext()
  await expect(call(importMemory, { file: 'absent.jsonl' }, other)).rejects.toThrow('There is no export at')
})

test.for(['../m.jsonl', '/tmp/m.jsonl', 'a/b', '.hidden', ''])('"%s" is no name of an export', async (file) => {
  await expect(call(exportMemory, { file }, await testContext())).rejects.toThrow(/beside the database/)
})

const head = (rest: object = {}): string =>
  `${JSON.stringify({ kubevigil: 'memory', version: 1, schema: migrations.length, ...rest })}\n`
const cycle = '{"table":"session","row":{"id":"a","started_at":"x","updated_at":"x"}}\n'
const end = (text: string, rows: number): string =>
  `${text}${JSON.stringify({ end: true, rows, sha256: createHash('sha256').update(text).digest('hex') })}\n`

test.for([
  ['a newer form', head({ version: 2 }), 'is of form 2'],
  ['a newer schema', head({ schema: 999 }), 'schema 999'],
  ['one that was cut', head() + cycle, 'ends before its last line'],
  ['one that lacks a line', end(head() + cycle, 1).replace(cycle, ''), 'was changed after it was written'],
  ['one that was edited', end(head() + cycle, 1).replace('"a"', '"b"'), 'was changed after it was written'],
  ['an unknown table', end(`${head()}{"table":"sqlite_schema","row":{"sql":"x"}}\n`, 1), 'names a table or column'],
  ['an unknown column', end(head() + cycle.replace('"id"', '"id\\" --"'), 1), 'names a table or column'],
  ['a row that does not fit', end(`${head()}{"table":"session","row":{"id":"a"}}\n`, 1), 'does not fit, at line 2'],
  ['something else', 'hello\n', 'is not what export_memory writes, at line 1'],
  ['nothing', '', 'ends before its last line'],
] as const)('refuses %s, and takes nothing of it', async ([, text, why]) => {
  const context = await testContext()
  place(context, text)
  await expect(call(importMemory, { file: 'm.jsonl' }, context)).rejects.toThrow(why)
  place(context, end(head() + cycle, 1))
  expect(await call(importMemory, { file: 'm.jsonl' }, context)).toMatchObject({ rows: 1 })
})
