import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Call } from '../../shared/mcp-kit/src/define-tool.ts'
import { loadDump } from '../../shared/simulator/src/dump.ts'
import {
  startKubernetesSimulator,
  type KubernetesSimulator,
  type SimulatorOptions,
} from '../../shared/simulator/src/kubernetes.ts'
import { createContext, type KubernetesContext } from '../../servers/kubernetes/src/context.ts'
import { createPrometheus } from '../../servers/kubernetes/src/prometheus/client.ts'
import { recommendResources } from '../../servers/kubernetes/src/tools/recommend-resources.ts'
import { startFakePrometheus, type FakePrometheus, type Seen } from './fake-prometheus.ts'

type Answer = ReturnType<typeof recommendResources.output.parse>

interface World {
  simulator: KubernetesSimulator
  context: (config?: { PROMETHEUS_URL?: string; PROMETHEUS_TOKEN?: string }) => KubernetesContext
}

const Mi = 2 ** 20
let folder = ''
let prometheus: FakePrometheus
let mixed: World
let nodeDown: World
let large: World

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubevigil-recommend-'))
  prometheus = await startFakePrometheus()
  mixed = await startWorld('mixed', { dump: await loadDump('mixed') })
  nodeDown = await startWorld('node-down', { dump: await loadDump('node-down') })
  large = await startWorld('large', { generate: { pods: 2000, nodes: 40, failing: 0.02 } })
})

afterEach(() => {
  prometheus.instead = undefined
  prometheus.seen = []
  prometheus.queries.length = 0
  mixed.simulator.faults.length = 0
})

afterAll(async () => {
  await Promise.all([prometheus, mixed.simulator, nodeDown.simulator, large.simulator].map((each) => each.close()))
  await rm(folder, { recursive: true, force: true })
})

async function startWorld(name: string, options: SimulatorOptions): Promise<World> {
  const simulator = await startKubernetesSimulator(options)
  const path = join(folder, `${name}.yaml`)
  await writeFile(path, simulator.kubeconfig({ clusterName: name }))
  return {
    simulator,
    context: (config = {}) => createContext({ KUBECONFIG: path, POD_RESTART_THRESHOLD: 5, ...config }),
  }
}

/** Calls the tool as the server does: input schema, run, output schema. Every answer keeps its budget. */
async function ask(context: KubernetesContext, args: object): Promise<Answer> {
  const call: Call = { signal: AbortSignal.timeout(20_000), progress: () => {} }
  const parsed = recommendResources.input.parse(args)
  const answer = recommendResources.output.parse(await recommendResources.run(parsed, context, call))
  expect(JSON.stringify(answer).length).toBeLessThan(16_000)
  return answer
}

/** A week of every container that runs in a cluster: 50m and 40Mi, unless a pod's name begins as said. */
async function weekOf(world: World, unlike: Record<string, Partial<Seen>> = {}): Promise<Seen[]> {
  const kube = await world.context().client(undefined)
  const signal = AbortSignal.timeout(10_000)
  const seen: Seen[] = []
  for await (const { metadata, spec } of kube.list(await kube.type('pods', signal), { signal })) {
    const other = Object.entries(unlike).find(([start]) => metadata.name.startsWith(start))?.[1]
    for (const { name } of (spec?.['containers'] ?? []) as { name: string }[])
      seen.push({
        namespace: metadata.namespace ?? '',
        pod: metadata.name,
        container: name,
        cpu: 0.05,
        memory: 40 * Mi,
        points: 2016,
        ...other,
      })
  }
  return seen
}

const withPrometheus = (): KubernetesContext => mixed.context({ PROMETHEUS_URL: prometheus.url })

describe('recommend_resources with Prometheus', () => {
  it('recommends by the formulas, what kills first', async () => {
    prometheus.seen = await weekOf(mixed, {
      // 1.2 cores and 300 × 1.15 = 345Mi against 50m and 64Mi; the third pod is the busiest.
      'cart-67c9c68d7d-v5vpm': { cpu: 1.2, memory: 300 * Mi },
      'fraud-': { memory: 120 * Mi, oomKilledAt: 128 * Mi },
    })
    const answer = await ask(withPrometheus(), { limit: 100 })
    expect(answer).toMatchObject({
      cluster: 'mixed',
      source: 'prometheus',
      history: { hours: 168, enough: true },
      totals: { currency: 'USD' },
    })
    expect(answer.recommendations[0]).toMatchObject({
      name: 'cart',
      container: 'app',
      replicas: 3,
      cpu: { request: '50m', recommendedRequest: '1200m', recommendedLimit: null, verdict: 'under-provisioned' },
      memory: { request: '64Mi', recommendedRequest: '345Mi', recommendedLimit: '345Mi' },
      severity: 'critical',
      // 1.15 × 23.07603 × 3 = 79.6123 and 281/1024 × 3.09301 × 3 = 2.5463.
      savesPerMonth: -82.16,
      confidence: 'high',
      basis: 'p95 1200m CPU, peak 300Mi memory, the highest of 3 pods, 168 h, 6048 samples',
    })
    expect(answer.recommendations.slice(1, 3).map(({ name }) => name)).toEqual(['rates', 'fraud'])
    expect(answer.recommendations[2]).toMatchObject({
      memory: { limit: '128Mi', recommendedLimit: '160Mi', verdict: 'under-provisioned' },
      severity: 'warning',
    })
    expect(answer.skipped).toEqual([
      { kind: 'Deployment', namespace: 'shop', name: 'web', why: 'HorizontalPodAutoscaler web sizes it' },
    ])
    expect(answer.recommendations.map(({ name }) => name)).not.toContain('web')
    expect(answer.totals.addsPerMonth).toBeGreaterThan(82.16)
  })

  it('saves nothing on pods that have no node', async () => {
    prometheus.seen = await weekOf(mixed)
    const { recommendations } = await ask(withPrometheus(), { namespace: 'sched', name: 'too-big-cpu' })
    expect(recommendations[0]).toMatchObject({ cpu: { request: '900' }, savesPerMonth: 0 })
  })

  it('asks one bounded query a figure, within the namespace, with the token', async () => {
    prometheus.seen = await weekOf(mixed)
    const context = mixed.context({ PROMETHEUS_URL: `${prometheus.url}/`, PROMETHEUS_TOKEN: 'secret' })
    await ask(context, { namespace: 'shop', days: 14 })
    expect(prometheus.queries).toHaveLength(4)
    for (const { promql, authorization } of prometheus.queries) {
      expect(promql).toContain('namespace="shop"')
      expect(promql).toContain('[1209600s:600s]')
      expect(authorization).toBe('Bearer secret')
    }
  })

  it('counts pods that are gone to their workload, and not to another', async () => {
    const gone = { namespace: 'shop', container: 'app', cpu: 0.05, points: 2016 }
    prometheus.seen = [
      ...(await weekOf(mixed)),
      { ...gone, pod: 'cart-5c45f948f7-zzzzz', memory: 900 * Mi },
      { ...gone, pod: 'cart-and-more-5c45f948f7-zzzzz', memory: 9000 * Mi },
    ]
    const { recommendations } = await ask(withPrometheus(), { kind: 'deploy', name: 'cart' })
    expect(recommendations).toHaveLength(1)
    expect(recommendations[0]!.memory.recommendedRequest).toBe('1035Mi')
    expect(recommendations[0]!.basis).toContain('of 4 pods')
  })

  it('recommends nothing from a few hours', async () => {
    prometheus.seen = (await weekOf(mixed)).map((each) => ({ ...each, points: 200 }))
    const { recommendations, history } = await ask(withPrometheus(), { kind: 'deploy', name: 'search' })
    expect(history).toMatchObject({ enough: false, hours: 16 })
    expect(recommendations[0]).toMatchObject({
      cpu: { recommendedRequest: null, verdict: 'too-little-history' },
      confidence: 'none',
      savesPerMonth: 0,
      basis: 'p95 50m CPU, peak 40Mi memory, the highest of 2 pods, 16 h, 400 samples: too few',
    })
  })

  it('takes no past of another cluster', async () => {
    prometheus.seen = (await weekOf(mixed)).map((each) => ({ ...each, pod: `${each.pod}x` }))
    const answer = await ask(withPrometheus(), {})
    expect(answer.source).toBe('metrics-server')
    expect(answer.coverage).toContainEqual(
      expect.objectContaining({ source: 'prometheus', detail: expect.stringMatching(/another cluster/) }),
    )
    prometheus.queries.length = 0
    const other = await ask(withPrometheus(), { context: 'mixed-viewer', namespace: 'shop' })
    expect(other.source).toBe('metrics-server')
    expect(prometheus.queries).toEqual([])
  })

  it('keeps its budget on a large cluster', async () => {
    prometheus.seen = await weekOf(large)
    const answer = await ask(large.context({ PROMETHEUS_URL: prometheus.url }), { limit: 100 })
    expect(answer.recommendations.length).toBeGreaterThan(15)
    expect(answer.recommendations.length + answer.omitted.recommendations).toBe(answer.totals.containers)
  })
})

type Instead = NonNullable<FakePrometheus['instead']>

/** Answers with a status and a body whatever is asked. */
function status(code: number, body = '', headers: Record<string, string> = {}): Instead {
  return (response) => {
    response.writeHead(code, headers).end(body)
  }
}

const hang: Instead = () => {}
const cut: Instead = (response) => {
  response.destroy()
}

describe('a Prometheus that fails', () => {
  it.each([
    ['401', status(401), 'forbidden', /does not accept these credentials.*PROMETHEUS_TOKEN/],
    ['500 that talks', status(500, '{"error":"disk full"}'), 'error', /answered 500, saying "disk full"/],
    ['422', status(422, '{"error":"too many samples"}'), 'error', /too many samples.*fewer days/],
    ['404', status(404, 'page not found'), 'error', /has no query API.*PROMETHEUS_URL/],
    ['a hang', hang, 'timeout', /did not answer within 0.3 s/],
    ['a web page', status(200, '<html>'), 'error', /no answer of a Prometheus/],
    ['JSON of another kind', status(200, '{"status":"success"}'), 'error', /no answer of a Prometheus/],
    ['too much', status(200, 'x'.repeat(200_000)), 'error', /more than 0.1 MB/],
    ['a redirect', status(302, '', { location: '/x' }), 'error', /cannot be reached/],
    ['a cut', cut, 'error', /cannot be reached/],
  ] as const)('with %s: falls back to this moment and says why', async (_, instead, failure, words) => {
    prometheus.instead = instead
    const failing = createPrometheus({ url: prometheus.url, timeoutMs: 300, maxBytes: 100_000 })
    const answer = await ask({ ...mixed.context(), prometheusOf: async () => failing }, { namespace: 'shop' })
    expect(answer.source).toBe('metrics-server')
    const entry = answer.coverage.find(({ source }) => source === 'prometheus')
    expect(entry).toMatchObject({ status: failure, detail: expect.stringMatching(words) })
  })
})

describe('recommend_resources without Prometheus', () => {
  it('tells what is so at this moment and no number', async () => {
    const answer = await ask(mixed.context(), { limit: 100 })
    expect(answer).toMatchObject({ source: 'metrics-server', history: { hours: 0, enough: false } })
    expect(answer.history.note).toMatch(/PROMETHEUS_URL.*too little history/)
    expect(answer.history.from).toBe(answer.history.to)
    expect(answer.totals).toMatchObject({ savesPerMonth: 0, addsPerMonth: 0 })
    for (const { cpu, memory, confidence } of answer.recommendations) {
      expect([cpu.recommendedRequest, memory.recommendedRequest, confidence]).toEqual([null, null, 'none'])
      expect(['fine', 'over-provisioned', 'no-request']).not.toContain(memory.verdict)
    }
    const worst = answer.recommendations.filter(({ memory }) => memory.verdict === 'under-provisioned')
    expect(worst.map(({ name }) => name).toSorted()).toEqual(['fraud', 'rates'])
    expect(worst.map(({ basis }) => basis).join()).toMatch(/OOM-killed at 128Mi/)
  })

  it('knows OOM kills even without a metrics API', async () => {
    const answer = await ask(nodeDown.context(), { limit: 5 })
    expect(answer.history.note).toMatch(/no metrics API either/)
    expect(answer.coverage).toContainEqual(expect.objectContaining({ source: 'metrics', status: 'absent' }))
    expect(answer.recommendations[0]!.basis).toMatch(/CPU not measured/)
  })

  it('keeps its budget on a large cluster', async () => {
    const answer = await ask(large.context(), { limit: 100 })
    expect(answer.recommendations.length).toBeGreaterThan(15)
    expect(answer.recommendations.length + answer.omitted.recommendations).toBe(answer.totals.containers)
  })

  it('goes on when pods may not be read, and helps with wrong names', async () => {
    await expect(ask(mixed.context(), { kind: 'deploy', name: 'crat' })).rejects.toMatchObject({
      code: 'workload-unknown',
      hint: 'Near names: cart.',
    })
    await expect(ask(mixed.context(), { namespace: 'shpo' })).rejects.toMatchObject({ code: 'namespace-unknown' })
    await expect(ask(mixed.context(), { namespace: 'shop"}' })).rejects.toMatchObject({ code: 'namespace-invalid' })
    mixed.simulator.faults.push({ path: '/api/v1/pods', effect: { kind: 'answer', status: 403, message: 'no' } })
    const answer = await ask(mixed.context(), {})
    expect(answer.recommendations).toEqual([])
    expect(answer.coverage).toContainEqual(expect.objectContaining({ source: 'pods', status: 'forbidden' }))
    await expect(ask(mixed.context(), { name: 'cart' })).resolves.toMatchObject({ recommendations: [] })
  })

  it('says that it may advise on what an autoscaler sizes', async () => {
    mixed.simulator.faults.push({ path: '/apis/autoscaling', effect: { kind: 'answer', status: 403, message: 'no' } })
    const answer = await ask(mixed.context(), { name: 'web' })
    expect(answer.recommendations[0]).toMatchObject({ name: 'web', replicas: 9 })
    expect(answer.history.note).toMatch(/Autoscalers could not be read/)
  })
})
