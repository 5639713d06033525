import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { loadDump } from '../../shared/simulator/src/dump.ts'
import { startKubernetesSimulator, type KubernetesSimulator } from '../../shared/simulator/src/kubernetes.ts'
import { createContext } from '../../servers/kubernetes/src/context.ts'
import { mostLogs } from '../../servers/kubernetes/src/observe/read-logs.ts'
import { checkClusterHealth } from '../../servers/kubernetes/src/tools/check-cluster-health.ts'

let folder = ''
let simulator: KubernetesSimulator

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubevigil-logs-'))
  simulator = await startKubernetesSimulator({ dump: await loadDump('mixed') })
  await writeFile(join(folder, 'kubeconfig'), simulator.kubeconfig({ clusterName: 'mixed' }))
})

afterEach(() => {
  simulator.requests.length = 0
  simulator.faults.length = 0
})

afterAll(async () => {
  await simulator.close()
  await rm(folder, { recursive: true, force: true })
})

async function health(): Promise<ReturnType<typeof checkClusterHealth.output.parse>> {
  const context = createContext({ KUBECONFIG: join(folder, 'kubeconfig'), POD_RESTART_THRESHOLD: 5 })
  const call = { signal: AbortSignal.timeout(20_000), progress: () => {} }
  const input = checkClusterHealth.input.parse({ limit: 50 })
  return checkClusterHealth.output.parse(await checkClusterHealth.run(input, context, call))
}

function logRequests() {
  return simulator.requests.filter(({ path }) => path.includes('/log'))
}

it('reads the last lines of what crashes, within limits the server keeps, and of nothing that is well', async () => {
  const { incidents } = await health()
  const asked = logRequests().map(({ path }) => path)
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.length).toBeLessThanOrEqual(mostLogs)
  expect(asked.filter((path) => !/tailLines=40&limitBytes=8000/.test(path))).toEqual([])
  expect(asked.filter((path) => path.includes('/web-'))).toEqual([])
  expect(incidents.map(({ rule }) => rule)).toContain('POD_CRASH_LOOP')
})

it('finds the same without the right to read logs, and says so', async () => {
  const before = await health()
  simulator.faults.push({
    path: '/log',
    effect: { kind: 'answer', status: 403, message: 'pods/log is forbidden' },
  })
  const after = await health()
  expect(after.coverage).toContainEqual(expect.objectContaining({ source: 'logs', status: 'forbidden' }))
  expect(after.incidents.map(({ fingerprint }) => fingerprint)).toEqual(
    before.incidents.map(({ fingerprint }) => fingerprint),
  )
  expect(after.status).toBe('critical')
})
