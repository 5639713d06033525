import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { loadDump } from '../../shared/simulator/src/dump.ts'
import { startKubernetesSimulator, type KubernetesSimulator } from '../../shared/simulator/src/kubernetes.ts'
import { createContext } from '../../servers/kubernetes/src/context.ts'
import { getResourceUsage } from '../../servers/kubernetes/src/tools/get-resource-usage.ts'
import { startFakePrometheus, type FakePrometheus } from './fake-prometheus.ts'

type Answer = ReturnType<typeof getResourceUsage.output.parse>

let folder = ''
let prometheus: FakePrometheus
let simulator: KubernetesSimulator

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubevigil-usage-'))
  prometheus = await startFakePrometheus()
  simulator = await startKubernetesSimulator({ dump: await loadDump('mixed') })
  await writeFile(join(folder, 'kubeconfig'), simulator.kubeconfig({ clusterName: 'mixed' }))
})

afterEach(() => {
  prometheus.instead = undefined
  prometheus.samples = []
  prometheus.queries.length = 0
})

afterAll(async () => {
  await Promise.all([prometheus.close(), simulator.close()])
  await rm(folder, { recursive: true, force: true })
})

async function ask(args: { scope: string; namespace?: string; name?: string }, policy?: string): Promise<Answer> {
  const file = join(folder, 'policy.yaml')
  if (policy !== undefined) await writeFile(file, policy)
  const context = createContext({
    KUBECONFIG: join(folder, 'kubeconfig'),
    POD_RESTART_THRESHOLD: 5,
    PROMETHEUS_URL: prometheus.url,
    ...(policy === undefined ? {} : { KUBEVIGIL_POLICY: file }),
  })
  const call = { signal: new AbortController().signal, progress: () => {} }
  return getResourceUsage.output.parse(await getResourceUsage.run(getResourceUsage.input.parse(args), context, call))
}

it('adds what the last day of a pod was: peaks, throttling and restarts', async () => {
  const [first] = (await ask({ scope: 'pods', namespace: 'shop' })).pods
  const labels = { namespace: 'shop', pod: first!.pod }
  prometheus.samples = [
    { words: 'container_cpu_usage_seconds_total', labels, value: 1.25 },
    { words: 'container_memory_working_set_bytes', labels, value: 300 * 2 ** 20 },
    { words: 'cfs_throttled_periods_total', labels, value: 0.31 },
    { words: 'restarts_total', labels, value: 6.8 },
  ]
  const { pods, coverage } = await ask({ scope: 'pods', namespace: 'shop' })
  expect(pods.find(({ pod }) => pod === first!.pod)?.lastDay).toMatchObject({
    cpuPeak: '1250m',
    memoryPeak: '300Mi',
    throttledPercent: 31,
    restarts: 7,
  })
  expect(pods.filter(({ lastDay }) => lastDay !== null)).toHaveLength(1)
  expect(coverage.at(-1)).toMatchObject({ source: expect.stringContaining('prometheus') as string, status: 'ok' })
  expect(prometheus.queries.every(({ promql }) => promql.includes('namespace="shop"'))).toBe(true)
})

it('adds the peaks of a node, against what it has to give', async () => {
  const [first] = (await ask({ scope: 'nodes' })).nodes
  prometheus.samples = [
    { words: 'container_memory_working_set_bytes', labels: { node: first!.node }, value: 2 ** 30 },
    { words: 'container_cpu_usage_seconds_total', labels: { node: first!.node }, value: 2 },
  ]
  const { nodes } = await ask({ scope: 'nodes' })
  const row = nodes.find(({ node }) => node === first!.node)
  expect(row?.lastDay).toMatchObject({ cpuPeak: '2', memoryPeak: '1Gi', throttledPercent: null, restarts: null })
  expect(row?.lastDay?.memoryPeakPercent).toBeGreaterThan(0)
})

it('answers without the past when Prometheus fails, and says so', async () => {
  prometheus.instead = (response) => response.writeHead(403).end()
  const { pods, coverage } = await ask({ scope: 'pods', namespace: 'shop' })
  expect(pods.length).toBeGreaterThan(0)
  expect(pods.every(({ lastDay }) => lastDay === null)).toBe(true)
  expect(coverage).toContainEqual(expect.objectContaining({ source: 'prometheus', status: 'forbidden' }))
})

it.each(['shop"} or vector(1) #', 'Shop', 'a/b'])('lets no text into a query: namespace %s', async (namespace) => {
  await expect(ask({ scope: 'pods', namespace })).rejects.toThrow('is no namespace name')
  expect(prometheus.queries).toEqual([])
})

const policy = `metricQueries:
  - name: queue
    query: max by (queue) (queue_length)
    unit: messages
    description: Waiting messages
  - { name: latency, query: latency_seconds }
`

it("answers the policy file's queries by name, highest first", async () => {
  prometheus.samples = [
    { words: 'queue_length', labels: { __name__: 'q', queue: 'mail' }, value: 3 },
    { words: 'queue_length', labels: { queue: 'orders' }, value: 41 },
  ]
  const { custom, omitted } = await ask({ scope: 'custom', name: 'queue' }, policy)
  expect(custom).toEqual([
    {
      name: 'queue',
      description: 'Waiting messages',
      unit: 'messages',
      samples: [
        { labels: 'queue=orders', value: 41 },
        { labels: 'queue=mail', value: 3 },
      ],
      omitted: 0,
    },
  ])
  expect(omitted).toBe(0)
  expect(prometheus.queries.map(({ promql }) => promql)).toEqual(['max by (queue) (queue_length)'])
})

it('answers the others when one query fails', async () => {
  prometheus.samples = [{ words: 'queue_length', labels: {}, value: 1 }]
  const { custom, coverage } = await ask({ scope: 'custom' }, policy)
  expect(custom.map(({ name }) => name)).toEqual(['queue'])
  expect(coverage).toContainEqual(expect.objectContaining({ source: 'prometheus latency', status: 'error' }))
})

it('takes no query from the caller, and names those there are', async () => {
  await expect(ask({ scope: 'custom', name: 'up' }, policy)).rejects.toMatchObject({
    message: 'The policy file has no metric query "up".',
    hint: 'It has: queue, latency.',
  })
  await expect(ask({ scope: 'custom' })).rejects.toThrow('The policy file has no metric queries')
  expect(prometheus.queries).toEqual([])
})
