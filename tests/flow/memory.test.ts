import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { incident } from '../../shared/core/src/assess/testing.ts'
import type { Assessment } from '../../shared/core/src/assessment.ts'
import type { Incident } from '../../shared/core/src/incident.ts'
import type { Coverage } from '../../shared/core/src/observe.ts'

const main = join(import.meta.dirname, '../../servers/session-memory/src/main.ts')
const whole: Coverage[] = ['api', 'pods', 'nodes'].map((source) => ({ source, status: 'ok', detail: '' }))
const cluster = 'homelab'

/** A memory server spoken to by hand, so that it can be killed in the middle of a write. */
async function start(home: string) {
  const child = spawn(process.execPath, [main], {
    env: { HOME: home, PATH: '', KUBEVIGIL_HOME: home },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const gone = once(child, 'close')
  const waiting = new Map<number, (message: { result: unknown }) => void>()
  createInterface(child.stdout).on('line', (line) => {
    const message = JSON.parse(line) as { id: number; result: unknown }
    waiting.get(message.id)?.(message)
  })
  let id = 0
  function ask(method: string, params: object): Promise<{ result: unknown }> {
    const own = ++id
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: own, method, params })}\n`)
    return new Promise((resolve) => waiting.set(own, resolve))
  }
  await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } })
  child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
  return {
    async call<T = Record<string, unknown>>(name: string, args: object): Promise<T> {
      const { result } = await ask('tools/call', { name, arguments: args })
      const { isError, structuredContent, content } = result as {
        isError?: boolean
        structuredContent: T
        content: { text: string }[]
      }
      if (isError === true) throw new Error(content[0]!.text)
      return structuredContent
    },
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

type Server = Awaited<ReturnType<typeof start>>

/** Assesses and records one look. */
async function look(server: Server, key: string, incidents: Incident[], coverage = whole) {
  const assessed = await server.call<{ assessments: Assessment[]; resolved: { fingerprint: string }[] }>(
    'assess_incidents',
    { cluster, coverage, incidents },
  )
  const cycle = {
    key,
    cluster,
    engine: 'rules',
    startedAt: new Date().toISOString(),
    durationMs: 1,
    status: 'critical',
    coverage,
    incidents: assessed.assessments.map((assessment) => ({
      incident: incidents.find((one) => one.fingerprint === assessment.fingerprint)!,
      assessment,
      correlation: null,
      delivery: null,
    })),
    resolved: assessed.resolved.map((one) => one.fingerprint),
    usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 },
  }
  return { assessed, cycle, recorded: await server.call('record_cycle', cycle) }
}

const pods = (name: string, count: number): Incident =>
  incident(name, 1, 2, { namespace: 'monitoring', members: { count, examples: [] } })

test('several cycles, killed in between: compared, trended, found, silenced', async () => {
  const home = mkdtempSync(join(tmpdir(), 'kubevigil-flow-memory-'))
  try {
    let server = await start(home)
    await look(server, 'one', [pods('grafana', 5), pods('loki', 1)])
    await look(server, 'two', [pods('grafana', 13)])
    await server.kill()

    server = await start(home)
    const { cycle } = await look(server, 'three', [pods('grafana', 56)])
    expect(await server.call('record_cycle', cycle)).toMatchObject({ cycle: 3, recorded: false })
    expect(await server.call('compare_cycles', { from: 1, to: 3 })).toMatchObject({
      counts: { worse: 1, gone: 1 },
      rows: [
        { change: 'worse', affectedBefore: 5, affected: 56 },
        { change: 'gone', who: 'Deployment/monitoring/loki' },
      ],
    })
    const about = { scope: 'namespace', name: 'monitoring', days: 1 }
    expect(await server.call('get_trends', about)).toMatchObject({
      looks: 3,
      verdicts: [{ verdict: 'escalation', numbers: { count: 56 } }],
    })

    // Killed while it writes: what was answered is kept, and nothing by halves.
    const { fingerprint } = pods('grafana', 1)
    await server.call('update_incident', { fingerprint, action: 'note', by: 'Ari', note: 'the rack moves on Friday' })
    const until = new Date(Date.now() + 3_600_000).toISOString()
    await server.call('update_incident', { fingerprint, action: 'silence', by: 'Ari', until })
    void server.call('record_cycle', { ...cycle, key: 'four' })
    await server.kill()

    server = await start(home)
    const found = await server.call<{ rows: object[] }>('search_memory', { query: 'rack friday' })
    expect(found.rows).toMatchObject([{ kind: 'note', fingerprint }])
    const partial: Coverage[] = [...whole, { source: 'pods', status: 'timeout', detail: '' }]
    const after = await look(server, 'five', [pods('grafana', 56)], partial)
    expect(after.assessed.assessments[0]!.decision.reasons[0]).toMatch(/^Silenced by Ari until /)
    await look(server, 'six', [], partial)
    expect(await server.call('compare_cycles', {})).toMatchObject({ to: { partial: true }, counts: { notLookedAt: 1 } })
    expect(await server.call('get_incident', { fingerprint })).toMatchObject({ silence: { by: 'Ari' }, state: 'open' })
    const stats = await server.call<{ counts: Record<string, number> }>('get_memory_stats', {})
    expect(stats).toMatchObject({ notices: [], counts: { incidents: 2, events: 2 } })
    expect([5, 6]).toContain(stats.counts['cycles'])
    await server.kill()
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
