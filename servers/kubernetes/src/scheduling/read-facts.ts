import { clip } from '@kubevigil/core/budget'
import type { KubernetesEvent, KubernetesObject, Pod } from '@kubevigil/core/kubernetes'
import { conditionOf, eventTimes } from '@kubevigil/core/kubernetes'
import type { Sources } from '../diagnose/sources.ts'
import { checkNode } from './node-checks.ts'
import type { ClaimFact, Node, SchedulingFacts, SchedulingSpec } from './types.ts'

/** Nodes whose pods are read to know what is free: about 1 MB each on a full node. */
const mostNodesRead = 15
const mostNodes = 2000

/** Reads what explains one pod. What may not be read stands in the sources' coverage and is undefined in the facts. */
export async function readFacts(pod: Pod, sources: Sources): Promise<SchedulingFacts> {
  const spec = pod.spec as SchedulingSpec
  const { namespace, name } = pod.metadata
  const [nodes, claims, missingResourceClaims, schedulerPlaces, events] = await Promise.all([
    sources.list('nodes', { most: mostNodes }) as Promise<Node[] | undefined>,
    Promise.all(claimNames(spec, name).map((claim) => readClaim(claim, namespace, sources))),
    missingClaimsOf(spec, namespace, sources),
    placesPods(pod, sources),
    sources.list('events', {
      namespace,
      fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${name}`,
      most: 200,
    }) as Promise<KubernetesEvent[] | undefined>,
  ])
  const podsOn = await readNeighbours(pod, nodes ?? [], claims, sources)
  return { pod, nodes, podsOn, claims, missingResourceClaims, schedulerPlaces, events: events ?? [] }
}

/** Reads the pods of the nodes on which resources could decide: the pod's own, else those that pass every other check. */
async function readNeighbours(
  pod: Pod,
  nodes: readonly Node[],
  claims: readonly ClaimFact[],
  sources: Sources,
): Promise<Map<string, Pod[]>> {
  const undecided =
    pod.spec.nodeName === undefined
      ? nodes.filter((node) =>
          checkNode(pod, node, undefined, claims).every(({ category }) => category === 'InsufficientResource'),
        )
      : nodes.filter((node) => node.metadata.name === pod.spec.nodeName)
  // Nodes that are large enough first: only on them does it matter what is taken.
  const ordered = undecided.toSorted(
    (a, b) => checkNode(pod, a, undefined, claims).length - checkNode(pod, b, undefined, claims).length,
  )
  const chosen = ordered.slice(0, mostNodesRead)
  const found = await Promise.all(
    chosen.map(async ({ metadata: { name } }) => {
      const fieldSelector = `spec.nodeName=${name},status.phase!=Succeeded,status.phase!=Failed`
      return [
        name,
        (await sources.list('pods', { fieldSelector, source: `pods on ${name}` })) as Pod[] | undefined,
      ] as const
    }),
  )
  if (ordered.length > chosen.length)
    sources.coverage.push({
      source: 'pods on nodes',
      status: 'partial',
      detail: `read for ${chosen.length} of ${ordered.length} nodes that could fit`,
    })
  return new Map(found.flatMap(([name, pods]) => (pods === undefined ? [] : [[name, pods]])))
}

function claimNames(spec: SchedulingSpec, pod: string): string[] {
  return (spec.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim !== undefined) return [volume.persistentVolumeClaim.claimName]
    return volume['ephemeral'] === undefined ? [] : [`${pod}-${volume.name}`]
  })
}

async function readClaim(name: string, namespace: string | undefined, sources: Sources): Promise<ClaimFact> {
  const claim = await sources.object('persistentvolumeclaims', namespace, name)
  if (!claim) return { name, claim }
  const { volumeName, storageClassName } = (claim.spec ?? {}) as { volumeName?: string; storageClassName?: string }
  const bound = claim.status?.['phase'] === 'Bound'
  const [volume, storageClass, events] = await Promise.all([
    volumeName === undefined ? undefined : sources.object('persistentvolumes', undefined, volumeName),
    bound || storageClassName === undefined || storageClassName === ''
      ? undefined
      : sources.object('storageclasses.storage.k8s.io', undefined, storageClassName),
    bound
      ? []
      : (sources.list('events', {
          namespace,
          fieldSelector: `involvedObject.kind=PersistentVolumeClaim,involvedObject.name=${name}`,
          most: 100,
          source: `events of ${name}`,
        }) as Promise<KubernetesEvent[] | undefined>),
  ])
  const message = newestFirst(events ?? [])[0]?.message
  const said = message === undefined ? undefined : clip(message, 250)
  return { name, claim, volume, storageClass, ...(said === undefined ? {} : { said }) }
}

async function missingClaimsOf(
  spec: SchedulingSpec,
  namespace: string | undefined,
  sources: Sources,
): Promise<string[]> {
  const found = await Promise.all(
    (spec.resourceClaims ?? []).map(async ({ resourceClaimName, resourceClaimTemplateName }) => {
      const [kind, name] =
        resourceClaimName === undefined
          ? ['resourceclaimtemplates', resourceClaimTemplateName]
          : ['resourceclaims', resourceClaimName]
      if (name === undefined) return []
      const object: KubernetesObject | null | undefined = await sources.object(
        `${kind}.resource.k8s.io`,
        namespace,
        name,
      )
      return object === null ? [`${kind === 'resourceclaims' ? 'ResourceClaim' : 'ResourceClaimTemplate'} ${name}`] : []
    }),
  )
  return found.flat()
}

/** Whether a scheduler other than the default has ever placed a pod; asked only when it is silent about this one. */
async function placesPods(pod: Pod, sources: Sources): Promise<boolean | undefined> {
  const scheduler = pod.spec.schedulerName
  if (scheduler === undefined || scheduler === 'default-scheduler' || conditionOf(pod, 'PodScheduled') !== undefined)
    return undefined
  const pods = await sources.list('pods', {
    fieldSelector: `spec.schedulerName=${scheduler}`,
    most: 100,
    source: `pods of scheduler ${scheduler}`,
  })
  return pods?.some((other) => (other as unknown as Pod).spec.nodeName !== undefined)
}

export function newestFirst(events: readonly KubernetesEvent[]): KubernetesEvent[] {
  return events.toSorted((a, b) => (eventTimes(b).last ?? '').localeCompare(eventTimes(a).last ?? ''))
}
