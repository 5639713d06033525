import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as idle, setTimeout as sleep } from 'node:timers/promises'
import { incident } from '../../shared/core/src/assess/testing.ts'
import type { Assessment } from '../../shared/core/src/assessment.ts'
import type { Coverage } from '../../shared/core/src/observe.ts'
import { Policy } from '../../shared/core/src/policy.ts'
import { openStore } from '../../shared/store/src/open.ts'
import type { MemoryContext } from '../../servers/session-memory/src/context.ts'
import { openMemory } from '../../servers/session-memory/src/store/memory.ts'
import { migrations } from '../../servers/session-memory/src/store/schema.ts'
import { assessIncidents } from '../../servers/session-memory/src/tools/assess-incidents.ts'
import { recordCycle } from '../../servers/session-memory/src/tools/record-cycle.ts'
import { findBrokenContext } from '../flow/memory-histories.ts'
import { atMost, holds, plain, type Figure } from './figure.ts'
import { bundleOf, startServer } from './server.ts'

export interface MemorySizes {
  writers: number
  writesEach: number
  kills: number
  cycles: number
  rows: number
  histories: number
}

/** How the memory holds: against many writers, kills, size and any history. */
export async function memoryFigures(sizes: MemorySizes): Promise<Figure[]> {
  return [
    ...(await inFolder((path) => writers(path, sizes.writers, sizes.writesEach))),
    ...(await inFolder((path) => kills(path, sizes.kills))),
    ...(await inFolder((path) => recording(path, sizes.cycles))),
    ...(await inFolder((path) => searching(path, sizes.rows))),
    ...contexts(sizes.histories),
  ]
}

/** Where a server keeps its memory below its user's home. */
const stateFolder = '.local/state/kubevigil'

function homeOf(path: string): string {
  return path.slice(0, path.indexOf(`/${stateFolder}`))
}

async function inFolder<T>(measure: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'kubevigil-bench-'))
  try {
    return await measure(join(folder, stateFolder, 'memory.db'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A process that does one task of memory-child.ts. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'memory-child.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [output, problems] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (problems += chunk.toString()))
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, output, problems })) }
}

async function cyclesIn(path: string): Promise<{ cluster: string; cycles: number; messages: number }[]> {
  const store = await openStore({ path, migrations })
  const rows = store.read((sql) =>
    sql.all<{ cluster: string; cycles: number; messages: number }>(
      `SELECT cluster, count(*) AS cycles, (SELECT count(*) FROM message WHERE message.cluster = cycle.cluster) AS messages
       FROM cycle GROUP BY cluster`,
    ),
  )
  store.close()
  return rows
}

async function writers(path: string, count: number, each: number): Promise<Figure[]> {
  const before = performance.now()
  const names = Array.from({ length: count }, (_, n) => `writer-${n}`)
  const ends = await Promise.all(names.map((name) => start('write', path, name, String(each)).ended))
  const seconds = (performance.now() - before) / 1000
  const kept = await cyclesIn(path)
  const whole = kept.filter(({ cycles, messages }) => cycles === each && messages === each).length
  const failed = ends.filter(({ code }) => code !== 0)
  return [
    holds(`${count} processes of ${each} writes: all kept`, `${whole} of ${count} whole`, 'all', whole === count),
    holds('  errors a caller met', failed[0]?.problems.slice(0, 80) ?? 'none', 'none', failed.length === 0),
    plain('  time', seconds, 's'),
  ]
}

async function kills(path: string, rounds: number): Promise<Figure[]> {
  let [lost, halves, unsound] = [0, 0, 0]
  for (let round = 0; round < rounds; round += 1) {
    const name = `round-${round}`
    const { child, ended } = start('write', path, name, '1000000')
    await once(child.stdout, 'data')
    await sleep(5 + ((round * 7) % 90))
    child.kill('SIGKILL')
    const { output } = await ended
    const acknowledged = output.split('\n').length - 1
    const kept = (await cyclesIn(path)).find(({ cluster }) => cluster === name) ?? { cycles: 0, messages: 0 }
    lost += Math.max(0, acknowledged - kept.cycles)
    halves += kept.cycles === kept.messages ? 0 : 1
    if (round % 20 === 19 && !(await isSound(path))) unsound += 1
  }
  const sound = await isSound(path)
  return [
    holds(`${rounds} SIGKILLs during writes: acknowledged and lost`, String(lost), '0', lost === 0),
    holds('  half written', String(halves), '0', halves === 0),
    holds('  integrity_check', sound ? 'ok' : 'damaged', 'ok', sound && unsound === 0),
  ]
}

async function isSound(path: string): Promise<boolean> {
  const store = await openStore({ path, migrations })
  const answer = store.read((sql) => sql.get<{ integrity_check: string }>('PRAGMA integrity_check'))
  const sound = answer?.integrity_check === 'ok' && store.notices.length === 0
  store.close()
  return sound
}

const findings = 50
const series = 200
const coverage: Coverage[] = ['api', 'pods', 'nodes'].map((source) => ({ source, status: 'ok', detail: '' }))
const call = { signal: new AbortController().signal, progress: () => {} }

/** Hourly cycles as the driver records them, through the tools' own schemas. */
async function recording(path: string, cycles: number): Promise<Figure[]> {
  const memory = await openMemory(path)
  const clock = { now: Date.UTC(2026, 0, 1) }
  const context: MemoryContext = {
    memory,
    catalog: { services: [] },
    hasCatalog: false,
    policy: Policy.parse({}),
    maxContextTokens: 120_000,
    now: () => clock.now,
  }
  const times: number[] = []
  const processorTimes: number[] = []
  for (let n = 0; n < cycles; n += 1) {
    clock.now += 3_600_000
    const at = new Date(clock.now).toISOString()
    const seen = Array.from({ length: findings }, (_, index) =>
      incident(`workload-${index + (n % 3)}`, index % 3, 3, {
        title: `Workload ${index} is not ready in cycle ${n}`,
        since: at,
      }),
    )
    const assessments: Assessment[] = []
    // In parts, because one answer of assess_incidents is bounded.
    for (let first = 0; first < findings; first += 10) {
      const incidents = seen.slice(first, first + 10)
      const asked = assessIncidents.input.parse({ cluster: 'home', coverage, incidents })
      assessments.push(...assessIncidents.output.parse(await assessIncidents.run(asked, context, call)).assessments)
    }
    const cycle = {
      key: `cycle-${n}`,
      cluster: 'home',
      engine: 'rules',
      startedAt: at,
      durationMs: 900,
      status: 'critical',
      coverage,
      incidents: seen.map((one) => ({
        incident: one,
        assessment: assessments.find(({ fingerprint }) => fingerprint === one.fingerprint),
        correlation: null,
        delivery: null,
      })),
      metrics: Array.from({ length: series }, (_, index) => ({
        metric: 'memory',
        labels: { namespace: 'default', name: `workload-${index}` },
        points: [{ at, value: 1_000_000 + index * n }],
      })),
      resolved: [],
      usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 },
    }
    // An hour lies between two cycles: the store has its idle turn.
    await idle()
    const start = performance.now()
    const processor = process.threadCpuUsage()
    await recordCycle.run(recordCycle.input.parse(cycle), context, call)
    const { user, system } = process.threadCpuUsage(processor)
    times.push(performance.now() - start)
    processorTimes.push((user + system) / 1000)
  }
  memory.close()
  return [
    atMost(`record_cycle, ${findings} findings and ${series} metrics: p99`, at(times, 0.99), 15, 'ms'),
    plain('  p50', at(times, 0.5), 'ms'),
    plain('  of it on the processor: p99', at(processorTimes, 0.99), 'ms'),
  ]
}

/** A thousand different questions to the bundled server about a memory that another process filled. */
async function searching(path: string, rows: number): Promise<Figure[]> {
  const filled = await start('fill', path, String(rows)).ended
  if (filled.code !== 0) throw new Error(filled.problems)
  const server = await startServer('/nowhere', homeOf(path), bundleOf('session-memory'))
  const times: number[] = []
  for (let n = 0; n < 1000; n += 1) {
    const service = `svc-${String((n * 37) % 5000).padStart(4, '0')}`
    const term = `term${String((n * 17) % 20_000).padStart(5, '0')}`
    const questions = [term, `${service} probe`, `${service} memory limit`, `${term} ${service}`]
    const { isError, text, millis } = await server.call('search_memory', { query: questions[n % questions.length] })
    if (isError) throw new Error(text)
    times.push(millis)
  }
  const peak = server.peakMegabytes()
  await server.close()
  const among = rows.toLocaleString('en')
  return [
    atMost(`selective search among ${among} rows: p95`, at(times, 0.95), 10, 'ms'),
    plain('  p50', at(times, 0.5), 'ms'),
    atMost('  peak memory of the server', peak, 100, 'MB'),
  ]
}

function contexts(runs: number): Figure[] {
  const broken = findBrokenContext(runs)
  const name = `get_context in ${runs.toLocaleString('en')} random histories: over budget, or without an open SEV-1 or SEV-2`
  return [holds(name, broken?.slice(0, 200) ?? 'never', 'never', broken === undefined)]
}

/** The value that so large a part of them does not pass. */
function at(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!
}
