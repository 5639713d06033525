import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  startKubernetesSimulator,
  type FaultEffect,
  type KubernetesSimulator,
} from '../../shared/simulator/src/kubernetes.ts'
import { createContext } from '../../servers/kubernetes/src/context.ts'
import { checkClusterHealth } from '../../servers/kubernetes/src/tools/check-cluster-health.ts'

const pods = /^\/api\/v1\/pods$/
let simulator: KubernetesSimulator
let folder: string

beforeEach(async () => {
  simulator = await startKubernetesSimulator({ generate: { pods: 20, nodes: 2, failing: 0.5 } })
  folder = await mkdtemp(join(tmpdir(), 'kubevigil-'))
  await writeFile(join(folder, 'config'), simulator.kubeconfig())
})
afterEach(async () => {
  await simulator.close()
  await rm(folder, { recursive: true, force: true })
})

function check(signal: AbortSignal = new AbortController().signal) {
  const context = createContext({ KUBECONFIG: join(folder, 'config'), POD_RESTART_THRESHOLD: 5 })
  const args = { minSeverity: 'warning', hygiene: false, limit: 20 } as const
  return checkClusterHealth.run(args, context, { signal, progress: () => {} })
}

async function podsCoverage() {
  const { coverage, status } = await check()
  return { status, pods: coverage.find(({ source }) => source === 'pods')?.status }
}

describe('a health check on an API server with a fault that passes', () => {
  it.each<[string, FaultEffect]>([
    ['too many requests', { kind: 'answer', status: 429, retryAfterSeconds: 1 }],
    ['an internal error', { kind: 'answer', status: 500 }],
    ['a server that is not ready', { kind: 'answer', status: 503 }],
    ['a body that is cut', { kind: 'cut', afterBytes: 200 }],
    ['a connection that is reset', { kind: 'cut', afterBytes: 0 }],
  ])('reads all pods after %s', async (_name, effect) => {
    simulator.faults.push({ path: pods, times: 1, effect })
    expect(await podsCoverage()).toMatchObject({ pods: 'ok' })
  })
})

describe('a health check on an API server with a fault that lasts', () => {
  it.each<[string, FaultEffect, string]>([
    ['too many requests', { kind: 'answer', status: 429 }, 'error'],
    ['an internal error', { kind: 'answer', status: 500 }, 'error'],
    ['a body that is cut', { kind: 'cut', afterBytes: 200 }, 'error'],
    ['a refusal', { kind: 'answer', status: 403 }, 'forbidden'],
    ['silence', { kind: 'hang' }, 'timeout'],
  ])('says so after %s, and never that it is healthy', async (_name, effect, expected) => {
    simulator.faults.push({ path: pods, effect })
    const { status, pods: coverage } = await podsCoverage()
    expect(coverage).toBe(expected)
    expect(status).not.toBe('healthy')
  })

  it('makes no call but the first when all of it is silent', async () => {
    simulator.faults.push({ effect: { kind: 'hang' } })
    const { status, coverage } = await check()
    expect(status).toBe('unknown')
    expect(coverage).toMatchObject([{ source: 'api', status: 'timeout' }])
    expect(simulator.requests.length).toBeLessThanOrEqual(2)
  })

  it('ends as soon as the caller gives up, and asks nothing more', async () => {
    simulator.faults.push({ path: pods, effect: { kind: 'hang' } })
    const caller = new AbortController()
    const answer = check(caller.signal)
    setTimeout(() => caller.abort(new Error('gave up')), 500)
    await expect(answer).rejects.toThrow('gave up')
    const asked = simulator.requests.length
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(simulator.requests.length).toBe(asked)
  })
})
