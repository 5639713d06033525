import { loadDump, type Dump } from './dump.ts'
import { isObject, object, objects, text, type JsonObject, type KubernetesObject } from './json.ts'
import { createRandom, nameAlphabet, type Random } from './random.ts'
import { shapesOf, type Shape, type Shapes } from './shapes.ts'
import { shiftTimes } from './time-shift.ts'

export interface GenerateOptions {
  pods: number
  nodes: number
  /** The share of pods that fail, from 0 to 1. */
  failing: number
  /** The same seed makes the same cluster, but for its times. */
  seed?: number
}

const services = ['api', 'web', 'worker', 'gateway', 'billing', 'search', 'auth', 'orders', 'catalog', 'mailer']
const workloadsPerNamespace = 12
/** The replicas of a workload go up to this, and further in clusters with many pods: their workloads are larger too. */
const largestWorkload = 9
const workloadsAtScale = 600
const dayInSeconds = 86_400

interface Cluster {
  random: Random
  shapes: Shapes
  nodes: KubernetesObject[]
  lists: Map<string, KubernetesObject[]>
  logs: Record<string, string>
}

/**
 * Makes up a cluster from recorded shapes, as of `now` (milliseconds). Failures go round all the ways to fail that
 * shapes.ts names. Pods of one workload share everything that does not differ, so that 50,000 fit into memory.
 */
export async function generateDump(options: GenerateOptions, now: number): Promise<Dump> {
  const shapes = shapesOf(await loadDump('mixed'), now)
  const random = createRandom(options.seed ?? 1)
  const cluster: Cluster = { random, shapes, nodes: [], lists: new Map(), logs: {} }
  for (let index = 0; index < options.nodes; index += 1) addNode(cluster, index)
  const namespaces = new Set<string>()
  const largest = Math.max(largestWorkload, Math.floor(options.pods / workloadsAtScale))
  let [made, failed] = [0, 0]
  for (let index = 0; made < options.pods; index += 1) {
    const namespace = `team-${String(Math.floor(index / workloadsPerNamespace) + 1).padStart(3, '0')}`
    if (!namespaces.has(namespace))
      add(cluster, '/api/v1/namespaces', renamed(shapes.namespace, [['shop', namespace]], random))
    namespaces.add(namespace)
    const replicas = Math.min(options.pods - made, 1 + random.below(largest))
    const owed = Math.round((made + replicas) * options.failing) - failed
    // A workload fails as a whole: its pods wait until a whole workload's worth is owed.
    const fails = owed >= replicas || (made + replicas >= options.pods && owed > 0)
    const size = fails ? Math.min(replicas, owed) : replicas
    addWorkload(cluster, namespace, index, size, fails)
    made += size
    if (fails) failed += size
  }
  const lists = [...cluster.lists].map(([path, items]) => [path, { items }] as const)
  return {
    version: shapes.version,
    takenAt: new Date(now).toISOString(),
    lists: Object.fromEntries(lists),
    logs: cluster.logs,
  }
}

function add(cluster: Cluster, path: string, ...items: KubernetesObject[]): void {
  const list = cluster.lists.get(path)
  if (list === undefined) cluster.lists.set(path, items)
  else list.push(...items)
}

function addNode(cluster: Cluster, index: number): void {
  const name = `node-${String(index + 1).padStart(4, '0')}`
  const address = `10.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`
  const names: Renaming = [
    ['node-002', name],
    ['10.0.0.2', address],
  ]
  const node = renamed(cluster.shapes.node, names, cluster.random)
  cluster.nodes.push(node)
  add(cluster, '/api/v1/nodes', node)
  add(
    cluster,
    '/apis/metrics.k8s.io/v1beta1/nodes',
    metrics('NodeMetrics', node, { usage: usage(cluster.random, 16_000, 60_000) }),
  )
}

function addWorkload(cluster: Cluster, namespace: string, index: number, replicas: number, fails: boolean): void {
  const { random, shapes } = cluster
  const shape = fails ? shapes.failing[index % shapes.failing.length] : shapes.healthy
  if (shape === undefined) return
  const name = `${services[index % services.length]}-${index}`
  const hash = random.letters(10, nameAlphabet)
  const names: Renaming = [
    [shape.replicaSet.metadata.name, `${name}-${hash}`],
    [shape.replicaSet.metadata.name.slice(shape.deployment.metadata.name.length + 1), hash],
    [`"${shape.deployment.metadata.name}"`, `"${name}"`],
    [`"${shape.deployment.metadata.namespace ?? ''}"`, `"${namespace}"`],
    [`_${shape.deployment.metadata.namespace ?? ''}(`, `_${namespace}(`],
    [`assigned ${shape.deployment.metadata.namespace ?? ''}/`, `assigned ${namespace}/`],
  ]
  // Healthy workloads have run for long; failing ones began lately.
  const older = -random.below(fails ? dayInSeconds / 8 : 30 * dayInSeconds)
  const deployment = withReplicas(aged(renamed(shape.deployment, names, random), older), replicas)
  const replicaSet = withReplicas(owned(aged(renamed(shape.replicaSet, names, random), older), deployment), replicas)
  add(cluster, '/apis/apps/v1/deployments', deployment)
  add(cluster, '/apis/apps/v1/replicasets', replicaSet)
  const template = owned(
    fails ? renamed(shape.pod, names, random) : aged(renamed(shape.pod, names, random), older),
    replicaSet,
  )
  const suffixes = new Set<string>()
  while (suffixes.size < replicas) suffixes.add(random.letters(5, nameAlphabet))
  for (const suffix of suffixes) addPod(cluster, shape, template, suffix, fails ? names : undefined)
}

/** Adds one pod of a workload; `names` when its texts name the pod and must be written anew. */
function addPod(
  cluster: Cluster,
  shape: Shape,
  template: KubernetesObject,
  suffix: string,
  names: Renaming | undefined,
): void {
  const { random, nodes } = cluster
  const name = `${text(template, 'metadata', 'generateName')}${suffix}`
  const uid = random.uuid()
  const own: Renaming = [
    [template.metadata.name, name],
    [template.metadata.uid ?? '', uid],
    [shape.pod.metadata.name, name],
    [shape.pod.metadata.uid ?? '', uid],
  ]
  const base = names === undefined ? template : rewritten(template, own)
  const node = nodes[random.below(nodes.length)]
  const scheduled = object(template, 'spec')['nodeName'] !== undefined && node !== undefined
  const pod: KubernetesObject = {
    ...base,
    metadata: { ...base.metadata, name, uid },
    ...(scheduled ? placed(base, node, random) : {}),
  }
  add(cluster, '/api/v1/pods', pod)
  if (scheduled) add(cluster, '/apis/metrics.k8s.io/v1beta1/pods', podMetrics(pod, random))
  if (names === undefined) return
  const inEvents: Renaming = [...own, [text(shape.pod, 'spec', 'nodeName'), node?.metadata.name ?? '']]
  for (const event of shape.events) {
    add(cluster, '/api/v1/events', rewritten(renamed(event, names, random), inEvents))
  }
  const logKey = `${pod.metadata.namespace ?? ''}/${name}/app`
  if (shape.log !== undefined) cluster.logs[logKey] = shape.log
  if (shape.previousLog !== undefined) cluster.logs[`${logKey}?previous`] = shape.previousLog
}

/** The parts of a pod that depend on its node; everything inside them stays shared. */
function placed(pod: KubernetesObject, node: KubernetesObject, random: Random): JsonObject {
  const hostIP = objects(node, 'status', 'addresses').find((address) => address['type'] === 'InternalIP')?.['address']
  const status = object(pod, 'status')
  const podIP = `10.${128 + random.below(64)}.${random.below(256)}.${1 + random.below(254)}`
  const addresses = status['podIP'] === undefined ? {} : { podIP, podIPs: [{ ip: podIP }] }
  return {
    spec: { ...object(pod, 'spec'), nodeName: node.metadata.name },
    status: { ...status, hostIP, hostIPs: [{ ip: hostIP ?? '' }], ...addresses },
  }
}

function podMetrics(pod: KubernetesObject, random: Random): KubernetesObject {
  return metrics('PodMetrics', pod, { containers: [{ name: 'app', usage: usage(random, 200, 256) }] })
}

function metrics(kind: string, of: KubernetesObject, measured: JsonObject): KubernetesObject {
  const { name, namespace, creationTimestamp, labels } = of.metadata
  const place = namespace === undefined ? {} : { namespace }
  const metadata = { name, ...place, creationTimestamp: creationTimestamp ?? '', labels }
  return {
    kind,
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata,
    timestamp: creationTimestamp,
    window: '20s',
    ...measured,
  }
}

function usage(random: Random, millicores: number, mebibytes: number): JsonObject {
  return { cpu: `${1 + random.below(millicores)}m`, memory: `${1 + random.below(mebibytes)}Mi` }
}

type Renaming = [from: string, to: string][]

/** A copy with a new identity, in which other names stand for the recorded ones. */
function renamed(item: KubernetesObject, names: Renaming, random: Random): KubernetesObject {
  const copy = rewritten(item, names)
  return { ...copy, metadata: { ...copy.metadata, uid: random.uuid() } }
}

function rewritten(item: KubernetesObject, names: Renaming): KubernetesObject {
  const source = names.reduce(
    (written, [from, to]) => (from === '' ? written : written.replaceAll(from, to)),
    JSON.stringify(item),
  )
  return JSON.parse(source) as KubernetesObject
}

function aged(item: KubernetesObject, seconds: number): KubernetesObject {
  return shiftTimes(item, seconds)
}

function owned(item: KubernetesObject, owner: KubernetesObject): KubernetesObject {
  const ownerReferences = objects(item, 'metadata', 'ownerReferences').map((reference) => ({
    ...reference,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
  }))
  return { ...item, metadata: { ...item.metadata, ownerReferences } }
}

/** The owner with every count of its replicas set: those that were zero stay zero. */
function withReplicas(item: KubernetesObject, replicas: number): KubernetesObject {
  const scaled = (counts: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(counts).map(([name, value]) => [
        name,
        /replicas$/i.test(name) && Number(value) > 0 ? replicas : value,
      ]),
    )
  const status = item['status']
  return { ...item, spec: scaled(object(item, 'spec')), ...(isObject(status) ? { status: scaled(status) } : {}) }
}
