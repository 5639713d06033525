import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectServer, type ConnectedServer } from '../../shared/mcp-kit/src/client.ts'
import { startKubernetesSimulator, type KubernetesSimulator } from '../../shared/simulator/src/kubernetes.ts'
import { loadDump } from '../../shared/simulator/src/kubernetes/dump.ts'
import { calls, ledger, web } from './canary-calls.ts'
import { injection, leaksIn, plantCanaries } from './plant-canaries.ts'

/** Fake secrets go into every place text can come from; no tool may let one out, in answers, errors or logs. */

const main = fileURLToPath(new URL('../../servers/kubernetes/src/main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'kubevigil-canaries-'))
const logged: string[] = []
let simulator: KubernetesSimulator
let kubernetes: ConnectedServer

beforeAll(async () => {
  simulator = await startKubernetesSimulator({ dump: plantCanaries(await loadDump('mixed')) })
  const kubeconfig = join(folder, 'config')
  writeFileSync(kubeconfig, simulator.kubeconfig())
  kubernetes = await connectServer(
    {
      name: 'kubernetes',
      command: process.execPath,
      args: [main],
      env: { HOME: folder, KUBECONFIG: kubeconfig },
      onLog: (line) => logged.push(line),
    },
    '1.0.0',
  )
})

afterEach(() => {
  simulator.faults.length = 0
})

afterAll(async () => {
  await kubernetes?.close()
  await simulator?.close()
})

/** What a call gives, error texts included. */
async function answerOf(tool: string, args: object): Promise<unknown> {
  return kubernetes.call(tool, args).catch((error: unknown) => ({ error: (error as Error).message }))
}

/** The names of the fields in which a text stands. */
function fieldsWith(value: unknown, text: string, field = ''): string[] {
  if (typeof value === 'string') return value.includes(text) ? [field] : []
  if (Array.isArray(value)) return value.flatMap((item) => fieldsWith(item, text, field))
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) => fieldsWith(inner, text, key))
}

describe('secrets in a cluster', () => {
  it.each(calls)('stay there: %s %j', async (tool, args) => {
    const answer = await answerOf(tool, args)
    expect(leaksIn(JSON.stringify(answer))).toEqual([])
    // What a model may take for advice of ours never carries a text of the cluster.
    const fields = fieldsWith(answer, injection)
    for (const field of ['nextSteps', 'hint', 'causes', 'error']) expect(fields).not.toContain(field)
  })

  it('are looked for in every tool there is', async () => {
    const called = new Set(calls.map(([tool]) => tool))
    expect((await kubernetes.listTools()).map(({ name }) => name).filter((name) => !called.has(name))).toEqual([])
  })

  it('were reached, or this would prove nothing', async () => {
    const answers = await Promise.all(
      [
        ['get_resource', { ...web, part: 'all' }] as const,
        ['get_logs', { ...web, mode: 'lines' }] as const,
        ['list_events', { since: '1d', limit: 100 }] as const,
        ['diagnose_resource', ledger] as const,
        ['check_cluster_health', { minSeverity: 'info', limit: 50 }] as const,
      ].map(([tool, args]) => answerOf(tool, args)),
    )
    for (const answer of answers) {
      expect(JSON.stringify(answer)).toContain('<redacted:')
      expect(JSON.stringify(answer)).toContain(injection)
    }
  })

  it('stay there when the API server repeats them in an error', async () => {
    const message = `webhook said: Authorization: Bearer ${'Er7rErr'.repeat(6)} ${'x '.repeat(90)} ${`ghp_${'Er7r'.repeat(9)} `.repeat(4)}`
    simulator.faults.push({ path: /./, effect: { kind: 'answer', status: 403, message } })
    for (const [tool, args] of calls.filter(([name]) => name !== 'list_contexts').slice(0, 40)) {
      expect(JSON.stringify(await answerOf(tool, args)), tool).not.toMatch(/Er7r/)
    }
  })

  it('stay there when a caller sends them back in a parameter', async () => {
    const token = `ghp_${'Pa5a'.repeat(9)}`
    for (const [tool, args] of [
      ['get_resource', { kind: token, name: 'web' }],
      ['get_resource', { kind: 'deploy', name: token }],
      ['list_resources', { kind: 'pods', labelSelector: `token in (${token}` }],
      ['list_resources', { kind: 'pods', fieldSelector: `x=${token}` }],
      ['list_resources', { kind: 'pods', cursor: token }],
      ['get_logs', { namespace: 'shop', pod: 'web', container: token }],
      ['list_events', { since: token }],
      ['check_cluster_health', { context: token }],
    ] as const) {
      expect(JSON.stringify(await answerOf(tool, args)), `${tool} ${JSON.stringify(args)}`).not.toContain(
        'Pa5aPa5aPa5a',
      )
    }
  })

  it('are in no line of the log', () => {
    expect(leaksIn(logged.join('\n'))).toEqual([])
    expect(logged.join('\n')).not.toMatch(/Er7rEr|Pa5aPa/)
  })
})
