import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { loadDump } from '../../shared/simulator/src/dump.ts'
import { startKubernetesSimulator, type KubernetesSimulator } from '../../shared/simulator/src/kubernetes.ts'
import { createContext } from '../../servers/kubernetes/src/context.ts'
import { checkClusterHealth } from '../../servers/kubernetes/src/tools/check-cluster-health.ts'
import { startFakePrometheus, type FakePrometheus } from './fake-prometheus.ts'

let folder = ''
let simulator: KubernetesSimulator
let prometheus: FakePrometheus
let claim = { namespace: '', persistentvolumeclaim: '' }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubevigil-volumes-'))
  const dump = await loadDump('homelab-healthy')
  const [first] = dump.lists['/api/v1/persistentvolumeclaims']!.items
  const { namespace = '', name } = first!['metadata'] as { namespace?: string; name: string }
  claim = { namespace, persistentvolumeclaim: name }
  simulator = await startKubernetesSimulator({ dump })
  prometheus = await startFakePrometheus()
  await writeFile(join(folder, 'kubeconfig'), simulator.kubeconfig({ clusterName: 'homelab' }))
})

afterEach(() => {
  prometheus.samples = []
  prometheus.instead = undefined
})

afterAll(async () => {
  await Promise.all([simulator.close(), prometheus.close()])
  await rm(folder, { recursive: true, force: true })
})

async function health(PROMETHEUS_URL?: string): Promise<ReturnType<typeof checkClusterHealth.output.parse>> {
  const context = createContext({
    KUBECONFIG: join(folder, 'kubeconfig'),
    POD_RESTART_THRESHOLD: 5,
    ...(PROMETHEUS_URL === undefined ? {} : { PROMETHEUS_URL }),
  })
  const call = { signal: AbortSignal.timeout(20_000), progress: () => {} }
  return checkClusterHealth.output.parse(
    await checkClusterHealth.run(checkClusterHealth.input.parse({}), context, call),
  )
}

it('finds a full volume where Prometheus knows it', async () => {
  prometheus.samples = [{ words: 'available_bytes{namespace!=""} /', labels: claim, value: 0.01 }]
  const { incidents, status, coverage } = await health(prometheus.url)
  expect(incidents.map(({ rule, root }) => `${rule} ${root.name}`)).toEqual([
    `VOLUME_FULL ${claim.persistentvolumeclaim}`,
  ])
  expect(status).toBe('critical')
  expect(JSON.stringify(coverage)).toContain('prometheus')
})

it('finds an API server that fails, by a burn rate over two windows', async () => {
  prometheus.samples = [{ words: '> 0.144 and', labels: {}, value: 0.3 }]
  const { incidents } = await health(prometheus.url)
  expect(incidents.map(({ rule }) => rule)).toEqual(['API_SERVER_ERRORS'])
  expect(incidents[0]?.evidence[0]).toBe('30.0 % of requests failed in the last 1h')
})

it('says that Prometheus could not be asked, and finds what else there is', async () => {
  prometheus.instead = (response) => response.writeHead(500).end()
  const { incidents, status, coverage } = await health(prometheus.url)
  expect(coverage).toContainEqual(expect.objectContaining({ source: 'prometheus', status: 'error' }))
  expect({ incidents, status }).toEqual({ incidents: [], status: 'healthy' })
})

it('asks nobody where none is named', async () => {
  const asked = prometheus.queries.length
  expect((await health()).status).toBe('healthy')
  expect(prometheus.queries).toHaveLength(asked)
})
