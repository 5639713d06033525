import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Call } from '../../shared/mcp-kit/src/define-tool.ts'
import { loadDump } from '../../shared/simulator/src/dump.ts'
import { startKubernetesSimulator, type KubernetesSimulator } from '../../shared/simulator/src/kubernetes.ts'
import { createContext, type KubernetesContext } from '../../servers/kubernetes/src/context.ts'
import { diagnoseResource } from '../../servers/kubernetes/src/tools/diagnose-resource.ts'
import { explainScheduling } from '../../servers/kubernetes/src/tools/explain-scheduling.ts'
import { getResourceUsage } from '../../servers/kubernetes/src/tools/get-resource-usage.ts'
import { listRollouts } from '../../servers/kubernetes/src/tools/list-rollouts.ts'

interface World {
  simulator: KubernetesSimulator
  context: KubernetesContext
}

const worlds = new Map<string, World>()
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubevigil-diagnosis-'))
  for (const name of ['mixed', 'homelab-incident', 'node-down']) {
    const simulator = await startKubernetesSimulator({ dump: await loadDump(name) })
    const path = join(folder, `${name}.yaml`)
    await writeFile(path, simulator.kubeconfig({ clusterName: name }))
    worlds.set(name, {
      simulator,
      context: createContext({ KUBECONFIG: path, POD_RESTART_THRESHOLD: 5 }),
    })
  }
})

afterAll(async () => {
  await Promise.all([...worlds.values()].map(({ simulator }) => simulator.close()))
  await rm(folder, { recursive: true, force: true })
})

/** A tool with its types as its schemas give them. */
interface Asked<Args, Answer> {
  input: { parse: (value: unknown) => Args }
  output: { parse: (value: unknown) => Answer }
  run(args: Args, context: KubernetesContext, call: Call): Promise<unknown>
}

/** Calls a tool as the server does: input schema, run, output schema. Every answer keeps its budget. */
async function ask<Args, Answer>(dump: string, tool: Asked<Args, Answer>, args: object): Promise<Answer> {
  const call: Call = { signal: AbortSignal.timeout(20_000), progress: () => {} }
  const answer = tool.output.parse(await tool.run(tool.input.parse(args), worlds.get(dump)!.context, call))
  expect(JSON.stringify(answer).length).toBeLessThan(16_000)
  return answer
}

describe('list_rollouts', () => {
  it('tells the template difference, the Argo CD syncs and who manages it', async () => {
    const answer = await ask('homelab-incident', listRollouts, {
      namespace: 'chores-tracker',
      name: 'chores-tracker-backend',
    })
    expect(answer.management).toEqual({
      tool: 'argocd',
      application: 'argocd/chores-tracker',
      repository: 'example-homelab/kubernetes',
      path: 'base-apps/chores-tracker',
      branch: 'main',
      selfHeal: true,
    })
    expect(answer.rollouts.find(({ source }) => source === 'ReplicaSet')).toMatchObject({
      revision: '2',
      previousRevision: '1',
      changes: [
        'container app: limits.memory 512Mi → 256Mi',
        'container app: requests.cpu 50m → 100m',
        'container app: requests.memory 256Mi → 128Mi',
      ],
    })
    expect(answer.rollouts.find(({ source }) => source === 'ArgoCD')).toMatchObject({
      revision: 'REVISION-OF-COMMIT-2',
      previousRevision: 'REVISION-OF-COMMIT-1',
    })
    expect(answer.cluster).toBe('homelab-incident')
    expect(answer.rollouts.map(({ time }) => time)).toEqual(
      answer.rollouts
        .map(({ time }) => time)
        .toSorted()
        .reverse(),
    )
  })

  it('takes a pod for the workload that owns it', async () => {
    const { context } = worlds.get('homelab-incident')!
    const kube = await context.client(undefined)
    const signal = AbortSignal.timeout(5000)
    const { items } = await kube.page(await kube.type('pods', signal), {
      namespace: 'chores-tracker',
      labelSelector: 'app=chores-tracker-backend',
      limit: 1,
      signal,
    })
    const answer = await ask('homelab-incident', listRollouts, {
      kind: 'pod',
      namespace: 'chores-tracker',
      name: items[0]!.metadata.name,
    })
    expect(answer.workload).toEqual({ kind: 'Deployment', namespace: 'chores-tracker', name: 'chores-tracker-backend' })
  })

  it('tells the last autoscaling, and StatefulSets by their ControllerRevisions', async () => {
    const web = await ask('mixed', listRollouts, { namespace: 'shop', name: 'web' })
    expect(web.rollouts[0]).toMatchObject({ source: 'HorizontalPodAutoscaler' })
    expect(web.rollouts[0]!.changes[0]).toMatch(/New size: 9; reason: cpu/)
    expect(web.management.tool).toBe('none')
    const postgres = await ask('mixed', listRollouts, { kind: 'sts', namespace: 'data', name: 'postgres' })
    expect(postgres.rollouts.filter(({ source }) => source !== 'Node')).toEqual([
      expect.objectContaining({ source: 'ControllerRevision', revision: '1', changes: ['the workload was created'] }),
    ])
    expect(postgres.rollouts.find(({ source }) => source === 'Node')?.changes[0]).toMatch(/^node node-\d+ /)
  })

  it('says what could not be read and errs on the side of Git', async () => {
    const { simulator } = worlds.get('homelab-incident')!
    simulator.faults.push({
      path: '/apis/argoproj.io',
      effect: { kind: 'answer', status: 403, message: 'applications is forbidden' },
    })
    try {
      const answer = await ask('homelab-incident', listRollouts, {
        namespace: 'chores-tracker',
        name: 'chores-tracker-backend',
      })
      expect(answer.management).toMatchObject({ tool: 'argocd', repository: '', selfHeal: true })
      expect(answer.coverage).toContainEqual(
        expect.objectContaining({ source: 'applications.argoproj.io', status: 'forbidden' }),
      )
    } finally {
      simulator.faults.length = 0
    }
  })

  it('names what there is when a name is wrong', async () => {
    await expect(ask('mixed', listRollouts, { namespace: 'shop', name: 'webb' })).rejects.toMatchObject({
      code: 'object-unknown',
      hint: 'Near names: web.',
    })
    await expect(ask('mixed', listRollouts, { kind: 'Node', namespace: 'shop', name: 'node-001' })).rejects.toThrow(
      'has no rollouts',
    )
  })
})

describe('explain_scheduling', () => {
  it('joins the counted reasons with the live nodes', async () => {
    const answer = await ask('mixed', explainScheduling, {
      kind: 'Deployment',
      namespace: 'sched',
      name: 'too-big-cpu',
    })
    expect(answer.status).toBe('Pending')
    expect(answer.failureCategories.map(({ category, count, nodes }) => [category, count, nodes])).toEqual([
      ['InsufficientResource', 3, ['node-002', 'node-003', 'node-004']],
      ['NodeUnavailable', 4, ['node-007', 'node-008', 'node-009', 'node-010']],
      ['UntoleratedTaint', 2, ['node-001', 'node-005']],
      ['Cordoned', 1, ['node-006']],
    ])
    expect(answer.explanation).toContain('Every node fails on cpu (requested 900)')
    expect(answer.unschedulableNodes).toHaveLength(10)
    expect(answer.unschedulableNodes.find(({ node }) => node === 'node-002')!.insufficient[0]).toMatch(
      /^cpu: requested 900, allocatable 16, \d+m free$/,
    )
    expect(answer.events[0]).toMatchObject({ reason: 'FailedScheduling', count: 3 })
  })

  it('names the label no node has', async () => {
    const answer = await ask('mixed', explainScheduling, {
      kind: 'deploy',
      namespace: 'sched',
      name: 'wrong-selector',
    })
    expect(answer.failureCategories[0]!.description).toContain(
      'label disktype=nvme is wanted, the node has no disktype',
    )
  })

  it.each([
    ['needs-missing-pvc', 'Pending', /PersistentVolumeClaim never-created does not exist/],
    ['needs-pvc', 'Pending', /waits-csi is Pending \(StorageClass broken-csi, provisioner ebs.csi.aws.com\)/],
    ['other-scheduler', 'Pending', /scheduler "volcano".*No pod that names it has been placed/],
    ['gated', 'Gated', /scheduling gate example.com\/quota-check/],
  ])('explains %s', async (name, status, words) => {
    const answer = await ask('mixed', explainScheduling, { namespace: 'sched', name })
    expect(answer.status).toBe(status)
    expect(answer.explanation).toMatch(words)
    expect(answer.unschedulableNodes).toEqual([])
  })

  it('says for a placed pod why it fits, and for a workload without pods that it has none', async () => {
    const web = await ask('mixed', explainScheduling, { kind: 'Deployment', namespace: 'shop', name: 'web' })
    expect(web).toMatchObject({
      status: 'Scheduled',
      why: ['Asks for: requests cpu 50m, memory 64Mi', expect.stringMatching(/^Node node-\d+ satisfies all of it$/)],
    })
    const none = await ask('mixed', explainScheduling, { kind: 'Service', namespace: 'shop', name: 'no-endpoints' })
    expect(none.status).toBe('NoPods')
  })

  it('is honest without rights on nodes', async () => {
    const answer = await ask('mixed', explainScheduling, {
      kind: 'deploy',
      namespace: 'sched',
      name: 'too-big-cpu',
      context: 'mixed-viewer',
    })
    expect(answer.explanation).toContain('may not be read with these rights')
    expect(answer.failureCategories.map(({ category, count, nodes }) => [category, count, nodes.length])).toEqual([
      ['UntoleratedTaint', 6, 0],
      ['InsufficientResource', 3, 0],
      ['Cordoned', 1, 0],
    ])
    expect(answer.coverage).toContainEqual(expect.objectContaining({ source: 'nodes', status: 'forbidden' }))
  })
})

describe('diagnose_resource', () => {
  it('tells the whole story of a crashing workload', async () => {
    const answer = await ask('homelab-incident', diagnoseResource, {
      kind: 'deployment',
      namespace: 'chores-tracker',
      name: 'chores-tracker-backend',
    })
    expect(answer).toMatchObject({
      status: 'failing',
      about: { replicas: { desired: 2, ready: 0 } },
      pods: { total: 2, ready: 0 },
    })
    expect(answer.summary).toMatch(/OOM-killed/)
    expect(answer.pods!.groups[0]).toMatchObject({ state: 'CrashLoopBackOff', count: 2 })
    expect(answer.findings.map(({ rule }) => rule)).toContain('POD_OOM_KILLED')
    expect(answer.failureEvents[0]).toMatchObject({ category: 'ContainerCrash', state: 'ongoing', count: 56 })
    expect(answer.failureEvents[0]!.causes.join()).toContain('memory limit')
    expect(answer.related.map(({ rule }) => rule)).toContain('SERVICE_NO_ENDPOINTS')
  })

  it.each([
    ['Deployment', 'payments', 'no-cm', 'failing', /ConfigMap payments\/payments-config/],
    ['Deployment', 'shop', 'web', 'healthy', /nothing is wrong with it now. 9 of 9 pods/],
    ['Pod', 'sched', 'needs-missing-pvc', 'failing', /never-created/],
    ['Node', undefined, 'node-009', 'failing', /stopped reporting/],
    ['Job', 'batch', 'import-fails', 'degraded', /BackoffLimitExceeded/],
    ['ing', 'shop', 'web', 'degraded', /Service ghost does not exist/],
    ['Service', 'shop', 'no-endpoints', 'degraded', /matches no pod/],
    ['Namespace', undefined, 'quota', 'degraded', /quota/],
  ])('%s %s/%s', async (kind, namespace, name, status, words) => {
    const answer = await ask('mixed', diagnoseResource, {
      kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
    })
    expect([answer.status, answer.summary]).toEqual([status, expect.stringMatching(words)])
    expect(answer.nextSteps.length > 0).toBe(status !== 'healthy')
  })

  it('finds missing references, and a namespace that was left out', async () => {
    const cm = await ask('mixed', diagnoseResource, { kind: 'deploy', name: 'no-cm' })
    expect(cm.object.namespace).toBe('payments')
    expect(cm.references.missing).toEqual([{ kind: 'ConfigMap', name: 'payments-config', from: 'container app' }])
    const pod = await ask('mixed', diagnoseResource, { kind: 'pod', namespace: 'sched', name: 'needs-missing-pvc' })
    expect(pod.references.missing).toContainEqual(
      expect.objectContaining({ kind: 'PersistentVolumeClaim', name: 'never-created' }),
    )
  })

  it('calls unknown what it may not read', async () => {
    const answer = await ask('mixed', diagnoseResource, {
      kind: 'deploy',
      namespace: 'payments',
      name: 'no-secret',
      context: 'mixed-viewer',
    })
    expect(answer.references.missing).toEqual([])
    expect(answer.references.unknown).toEqual([{ kind: 'Secret', name: 'db-creds', from: 'container app' }])
  })

  it('never calls healthy what it could not look at', async () => {
    const { simulator } = worlds.get('mixed')!
    simulator.faults.push({ path: /\/pods(\?|$)/, effect: { kind: 'answer', status: 403 } })
    try {
      const answer = await ask('mixed', diagnoseResource, { kind: 'deploy', namespace: 'shop', name: 'web' })
      expect(answer).toMatchObject({ status: 'unknown', pods: null })
    } finally {
      simulator.faults.length = 0
    }
  })

  it('keeps its budget and leads with the node when a node is down', async () => {
    const answer = await ask('node-down', diagnoseResource, { kind: 'node', name: 'node-003' })
    expect(answer.status).toBe('failing')
    expect(answer.findings[0]!.rule).toBe('NODE_NOT_READY')
    expect(answer.pods!.total).toBeGreaterThan(20)
  })

  it('helps with a wrong name or kind', async () => {
    await expect(ask('mixed', diagnoseResource, { kind: 'pod', namespace: 'shop', name: 'web' })).rejects.toMatchObject(
      { hint: expect.stringMatching(/web-548444b8bf-/) as string },
    )
    await expect(ask('mixed', diagnoseResource, { kind: 'Foo', name: 'x' })).rejects.toMatchObject({
      code: 'kind-unknown',
    })
    await expect(ask('mixed', diagnoseResource, { kind: 'deploy', name: 'nowhere' })).rejects.toMatchObject({
      code: 'namespace-missing',
    })
  })
})

describe('get_resource_usage', () => {
  it('tells nodes with capacity, requests and usage, the fullest first', async () => {
    const { nodes, coverage } = await ask('mixed', getResourceUsage, { scope: 'nodes' })
    expect(nodes).toHaveLength(10)
    expect(nodes.map(({ memory }) => memory.usagePercent)).toEqual(
      nodes.map(({ memory }) => memory.usagePercent!).toSorted((a, b) => b - a),
    )
    expect(nodes.find(({ node }) => node === 'node-003')).toMatchObject({
      ready: true,
      pods: { count: 17, allocatable: 110 },
      cpu: { allocatable: '16', requested: '850m', requestedPercent: 5 },
    })
    expect(nodes.find(({ node }) => node === 'node-007')!.conditions).toEqual(['MemoryPressure=True'])
    expect(coverage).toEqual([{ source: 'nodes, metrics, pods', status: 'ok', detail: '' }])
  })

  it('tells one pod per container', async () => {
    const { pods } = await ask('mixed', getResourceUsage, {
      scope: 'pods',
      namespace: 'shop',
      name: 'two-containers-df7544bf6-tx5sn',
    })
    expect(pods[0]).toMatchObject({
      state: 'CrashLoopBackOff',
      cpu: { request: '100m', limit: null },
      memory: { request: '128Mi' },
    })
    expect(pods[0]!.containers.map(({ name }) => name)).toEqual(['app', 'proxy'])
  })

  it('goes on without a metrics API and says so', async () => {
    const { pods, coverage, omitted } = await ask('node-down', getResourceUsage, { scope: 'pods', limit: 100 })
    expect(pods.every(({ cpu }) => cpu.usage === null && cpu.request !== null)).toBe(true)
    expect(pods.length + omitted).toBe(189)
    expect(coverage).toContainEqual({ source: 'metrics', status: 'absent', detail: 'the cluster does not offer it' })
  })

  it('helps with bad input', async () => {
    await expect(ask('mixed', getResourceUsage, { scope: 'nodes', name: 'x' })).rejects.toThrow('There is no node "x"')
    await expect(ask('mixed', getResourceUsage, { scope: 'nodes', namespace: 'shop' })).rejects.toThrow('no namespace')
  })
})
