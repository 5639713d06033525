import { shiftDump, type Dump } from './dump.ts'
import { field, objects, text, type KubernetesObject } from './json.ts'

/** One recorded workload from which others are made: its objects, and what belongs to its first pod. */
export interface Shape {
  deployment: KubernetesObject
  replicaSet: KubernetesObject
  pod: KubernetesObject
  events: KubernetesObject[]
  log: string | undefined
  previousLog: string | undefined
}

/** The recorded Deployments that stand for the common ways to fail, in turn. */
const failing = [
  'ledger', // crash loop: exits with an error
  'fraud', // crash loop: killed for its memory
  'search', // the image cannot be pulled
  'no-cm', // a ConfigMap is missing
  'not-ready', // the readiness probe fails
  'too-big-cpu', // fits on no node
]

/** A recorded Deployment whose pods all run. */
const healthy = 'cart'

export interface Shapes {
  healthy: Shape
  failing: Shape[]
  node: KubernetesObject
  namespace: KubernetesObject
  version: Dump['version']
}

/** Cuts the shapes out of the dump `mixed`, with its times moved to `now` (milliseconds). */
export function shapesOf(recorded: Dump, now: number): Shapes {
  const dump = shiftDump(recorded, now)
  const items = (path: string): KubernetesObject[] => dump.lists[path]?.items ?? []
  const [node, namespace] = [
    named(items('/api/v1/nodes'), (item) => item.metadata.name === 'node-002'),
    named(items('/api/v1/namespaces'), (item) => item.metadata.name === 'shop'),
  ]

  function shape(name: string): Shape {
    const deployment = named(items('/apis/apps/v1/deployments'), (item) => item.metadata.name === name)
    const replicaSet = named(items('/apis/apps/v1/replicasets'), (item) => isOwnedBy(item, deployment))
    const pod = named(items('/api/v1/pods'), (item) => isOwnedBy(item, replicaSet))
    const container = text(objects(pod, 'spec', 'containers')[0], 'name')
    const logKey = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}/${container}`
    return {
      deployment,
      replicaSet,
      pod,
      events: items('/api/v1/events').filter((event) => field(event, 'involvedObject', 'uid') === pod.metadata.uid),
      log: dump.logs?.[logKey],
      previousLog: dump.logs?.[`${logKey}?previous`],
    }
  }

  return { healthy: shape(healthy), failing: failing.map(shape), node, namespace, version: dump.version }
}

function isOwnedBy(item: KubernetesObject, owner: KubernetesObject): boolean {
  return objects(item, 'metadata', 'ownerReferences').some((reference) => reference['uid'] === owner.metadata.uid)
}

function named(items: KubernetesObject[], test: (item: KubernetesObject) => boolean): KubernetesObject {
  const found = items.find(test)
  if (found === undefined) throw new Error('The bundled recording lacks a shape that made-up clusters are built from.')
  return found
}
