import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { KubernetesEvent, KubernetesObject, Pod } from '@kubevigil/core/kubernetes'
import { describe, expect, it } from 'vitest'
import { explainPod } from './explain.ts'
import type { ClaimFact, Node, SchedulingFacts, SchedulingSpec, Taint } from './types.ts'

interface Scenario {
  name: string
  podAtEnd: {
    phase: string
    nodeName?: string
    nominatedNodeName?: string
    podScheduled: { type: string; status: string; reason?: string; message?: string } | null
  }[]
  events: { type: string; reason: string; note: string; regarding: string }[]
  nodes: {
    name: string
    zone: string
    allocatable: Record<string, string>
    taints?: Taint[]
    unschedulable?: boolean
  }[]
  objects: { pre: KubernetesObject[]; target: KubernetesObject[] }
}

const recording = new URL('../../../../shared/simulator/recordings/scheduler-messages.json.gz', import.meta.url)
const { scenarios } = JSON.parse(gunzipSync(readFileSync(recording)).toString('utf8')) as { scenarios: Scenario[] }

/** The recorded world of a scenario as the tool would have read it. The recording keeps of a node's labels only zone and host name. */
function factsOf({ podAtEnd, events, nodes, objects }: Scenario): SchedulingFacts {
  const end = podAtEnd[0]!
  const target = objects.target.find((object) => object.kind === 'Pod') as unknown as Pod
  const condition = end.podScheduled === null ? [] : [end.podScheduled]
  const pod: Pod = {
    ...target,
    spec: { ...target.spec, ...(end.nodeName === undefined ? {} : { nodeName: end.nodeName }) },
    status: {
      phase: end.phase,
      conditions: condition,
      ...(end.nominatedNodeName === undefined ? {} : { nominatedNodeName: end.nominatedNodeName }),
    },
  }
  const fillers = objects.pre.filter((object) => object.kind === 'Pod') as unknown as Pod[]
  const podsOn = nodes.map(
    ({ name }) =>
      [name, fillers.filter((filler) => filler.spec.nodeSelector?.['kubernetes.io/hostname'] === name)] as const,
  )
  const spec = pod.spec as SchedulingSpec
  const claims = (spec.volumes ?? []).flatMap((volume): ClaimFact[] => {
    const name = volume.persistentVolumeClaim?.claimName
    if (name === undefined) return []
    const claim = objects.pre.find((object) => object.kind === 'PersistentVolumeClaim' && object.metadata.name === name)
    const bound = objects.pre.find(
      (object) => object.kind === 'PersistentVolume' && object.metadata.name === claim?.spec?.['volumeName'],
    )
    return [
      {
        name,
        claim: claim === undefined ? null : { ...claim, status: { phase: bound === undefined ? 'Pending' : 'Bound' } },
        ...(bound === undefined ? {} : { volume: bound }),
      },
    ]
  })
  return {
    pod,
    nodes: nodes.map(({ name, zone, allocatable, taints, unschedulable }): Node => ({
      metadata: { name, labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone } },
      spec: { ...(taints === undefined ? {} : { taints }), ...(unschedulable === undefined ? {} : { unschedulable }) },
      status: { allocatable },
    })),
    podsOn: new Map(podsOn),
    claims,
    missingResourceClaims: (spec.resourceClaims ?? []).flatMap(({ resourceClaimName: name }) =>
      objects.pre.some((object) => object.kind === 'ResourceClaim' && object.metadata.name === name)
        ? []
        : [`ResourceClaim ${name}`],
    ),
    schedulerPlaces: false,
    events: events.map((event): KubernetesEvent => ({
      metadata: { name: 'e' },
      type: event.type,
      reason: event.reason,
      message: event.note,
      involvedObject: { kind: 'Pod', name: 't' },
    })),
  }
}

/** Scenario, main category (or the status of those without), nodes named under it, and what the explanation must say. */
const expected: [name: string, category: string, nodes: number, words: RegExp][] = [
  ['insufficient-cpu', 'InsufficientResource', 3, /Every node fails on cpu \(requested 8\)/],
  ['insufficient-cpu-nodes-full', 'InsufficientResource', 3, /requested 1, allocatable 4, 500m free/],
  ['insufficient-memory', 'InsufficientResource', 3, /requested 16Gi, allocatable 8Gi/],
  ['insufficient-cpu-and-memory', 'InsufficientResource', 3, /cpu .* and memory/],
  ['insufficient-ephemeral-storage', 'InsufficientResource', 3, /ephemeral-storage.*100Gi, allocatable 20Gi/],
  ['insufficient-extended-resource-gpu', 'InsufficientResource', 3, /nvidia.com\/gpu.*requested 8, allocatable 2/],
  ['insufficient-hugepages', 'InsufficientResource', 3, /hugepages-2Mi.*128Mi/],
  ['too-many-pods', 'InsufficientResource', 3, /as many pods as they may/],
  ['taint-custom-key', 'UntoleratedTaint', 3, /dedicated=gpu:NoSchedule/],
  ['taint-NoExecute', 'UntoleratedTaint', 3, /maintenance:NoExecute/],
  ['taint-control-plane-plus-cpu', 'InsufficientResource', 2, /control-plane:NoSchedule/],
  ['taint-cloud-uninitialized', 'UntoleratedTaint', 3, /uninitialized=true/],
  ['nodes-not-ready', 'NodeUnavailable', 3, /not-ready/],
  ['nodes-unreachable', 'NodeUnavailable', 3, /unreachable/],
  ['disk-pressure', 'NodeUnavailable', 3, /disk-pressure/],
  ['memory-pressure-besteffort-pod', 'NodeUnavailable', 3, /memory-pressure/],
  ['pid-pressure', 'NodeUnavailable', 3, /pid-pressure/],
  ['cordoned-all', 'Cordoned', 3, /cordoned/],
  ['cordoned-one-plus-cpu', 'InsufficientResource', 2, /cordoned/],
  ['node-selector', 'NodeSelector', 3, /Every node fails on label/],
  [
    'node-affinity-required',
    'NodeSelector',
    3,
    /us-east-1a is wanted, the node has topology.kubernetes.io\/zone=eu-west-1b/,
  ],
  ['node-affinity-metadata-name-missing-node', 'NodeSelector', 3, /the node's name In/],
  ['node-affinity-metadata-name-full-node', 'InsufficientResource', 1, /node's name In n2/],
  ['pod-affinity-no-match', 'PodAffinity', 3, /wants to be near/],
  ['pod-affinity-node-full', 'PodAffinity', 2, /not enough cpu/i],
  ['pod-anti-affinity', 'PodAntiAffinity', 3, /apart/],
  ['existing-pods-anti-affinity', 'PodAntiAffinity', 3, /apart/],
  ['topology-spread-zone-full', 'InsufficientResource', 2, /topology spread/],
  ['topology-spread-missing-label', 'TopologySpread', 3, /missing required label/],
  ['topology-spread-minDomains', 'TopologySpread', 3, /topology spread/],
  ['pvc-unbound-immediate', 'UnboundClaim', 0, /not bound/],
  ['pvc-missing', 'MissingClaim', 0, /PersistentVolumeClaim nope does not exist/],
  ['pvc-being-deleted', 'MissingClaim', 0, /being deleted/],
  ['pvc-lost-pv-deleted', 'LostVolume', 0, /no longer exists/],
  ['pvc-class-missing', 'UnboundClaim', 0, /not bound/],
  ['pvc-no-class-no-pv', 'UnboundClaim', 0, /names no StorageClass/],
  ['volume-node-affinity-conflict', 'VolumeNodeAffinity', 3, /volume of claim/],
  ['volume-zone-conflict-ebs-style', 'VolumeNodeAffinity', 3, /topology.kubernetes.io\/zone|zone/],
  ['volume-zone-label', 'VolumeBinding', 3, /volume zone/],
  ['volume-node-affinity-node-full', 'InsufficientResource', 3, /not enough cpu/i],
  ['wffc-local-no-pv', 'VolumeBinding', 3, /find available persistent volumes/],
  ['wffc-allowed-topologies', 'VolumeBinding', 3, /find available persistent volumes/],
  ['wffc-storage-capacity', 'VolumeBinding', 3, /enough free storage/],
  ['wffc-waits-for-provisioner', 'Nominated', 0, /waits for its volume; node n1 is chosen/],
  ['rwop-in-use', 'VolumeInUse', 3, /another pod holds/i],
  ['max-volume-count', 'VolumeLimit', 3, /as many volumes/],
  ['host-port', 'HostPort', 3, /8080\/TCP is taken by pod filler-/],
  ['preemption-no-victims-equal-priority', 'InsufficientResource', 3, /500m free/],
  ['preemption-policy-never', 'InsufficientResource', 3, /may not evict others/],
  ['preemption-succeeds', 'Scheduled', 0, /is placed on node n1/],
  ['preemption-victim-stuck-terminating', 'InsufficientResource', 3, /Node n3 is reserved for it/],
  ['preemption-victims-not-enough', 'InsufficientResource', 3, /not enough cpu/i],
  ['preemption-pdb-protected-victims', 'Scheduled', 0, /is placed on node n2/],
  ['scheduling-gate', 'Gated', 0, /example.com\/quota-check/],
  ['no-nodes', 'NoNodes', 0, /no node/i],
  ['unknown-scheduler-name', 'Pending', 0, /scheduler "volcano".*probably not installed/],
  ['dra-claim-missing', 'Pending', 0, /ResourceClaim nope, which does not exist/],
  ['dra-no-devices', 'DynamicResources', 3, /cannot be allocated/],
  ['mixed-ten-nodes', 'InsufficientResource', 0, /Every node fails on .*cpu \(requested 6\)/],
]

describe('explainPod on the recordings of a real scheduler', () => {
  it('has an expectation for every scenario', () => {
    expect(expected.map(([name]) => name).toSorted()).toEqual(scenarios.map(({ name }) => name).toSorted())
  })

  it.each(expected)('%s → %s', (name, category, nodes, words) => {
    const explained = explainPod(factsOf(scenarios.find((scenario) => scenario.name === name)!))
    const main = explained.failureCategories[0]
    expect(main?.category ?? explained.status).toBe(category)
    expect(main?.nodes.length ?? 0).toBe(nodes)
    expect(explained.explanation).toMatch(words)
    expect(explained.failureCategories.map((each) => each.category)).not.toContain('Other')
    expect(explained.nextSteps.length > 0).toBe(explained.status !== 'Scheduled')
  })

  it('names each of the ten nodes under what it fails on', () => {
    const scenario = scenarios.find(({ name }) => name === 'mixed-ten-nodes')!
    const facts = factsOf(scenario)
    // The recording keeps no such label; the scheduler's count says that one node lacked it.
    const labelled = facts.nodes!.map((node) => ({
      ...node,
      metadata: {
        ...node.metadata,
        labels: { ...node.metadata.labels, ...(node.metadata.name === 'n4' ? {} : { pool: 'main' }) },
      },
    }))
    const explained = explainPod({ ...facts, nodes: labelled })
    expect(
      explained.failureCategories.map(({ category, resource, count, nodes }) => [
        category,
        resource,
        count,
        nodes.toSorted().join(' '),
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['NodeUnavailable', '', 2, 'n2 n8'],
        ['UntoleratedTaint', '', 2, 'n1 n7'],
        ['Cordoned', '', 1, 'n3'],
        ['NodeSelector', '', 1, 'n4'],
        ['InsufficientResource', 'pods', 1, 'n6'],
        ['InsufficientResource', 'memory', 1, 'n5'],
        ['InsufficientResource', 'cpu', 4, 'n10 n5 n6 n9'],
      ]),
    )
    expect(explained.explanation).toMatch(/Every node fails on cpu \(requested 6\)/)
  })
})

describe('explainPod', () => {
  const facts = factsOf(scenarios.find(({ name }) => name === 'taint-control-plane-plus-cpu')!)

  it('tells what the scheduler said when the nodes may not be read, and that it is only that', () => {
    const explained = explainPod({ ...facts, nodes: undefined })
    expect(explained.failureCategories.map(({ category, count, nodes }) => [category, count, nodes.length])).toEqual([
      ['InsufficientResource', 2, 0],
      ['UntoleratedTaint', 1, 0],
    ])
    expect(explained.explanation).toContain('may not be read')
    expect(explained.unschedulableNodes).toEqual([])
  })

  it('says when the cluster has changed since the scheduler counted', () => {
    const [first, ...others] = facts.nodes!
    const healed = [
      first!,
      ...others.map((node) => ({ ...node, status: { allocatable: { cpu: '64', memory: '64Gi', pods: '10' } } })),
    ]
    const explained = explainPod({ ...facts, nodes: healed, podsOn: new Map() })
    expect(explained.fittingNodes).toEqual(['n2', 'n3'])
  })

  it('says why a placed pod fits', () => {
    const spec = {
      ...facts.pod.spec,
      nodeName: 'n2',
      nodeSelector: { 'kubernetes.io/hostname': 'n2' },
      containers: [{ name: 'app', resources: { requests: { cpu: '100m' } } }],
    }
    const explained = explainPod({ ...facts, pod: { ...facts.pod, spec, status: { phase: 'Running' } } })
    expect(explained).toMatchObject({ status: 'Scheduled', node: 'n2' })
    expect(explained.why).toEqual([
      'Asks for: node selector kubernetes.io/hostname=n2',
      'Asks for: requests cpu 100m',
      'Node n2 satisfies all of it',
    ])
  })
})
