import type { ObjectRef } from '../../incident.ts'
import type { KubernetesEvent, Pod } from '../../kubernetes.ts'
import { conditionOf, eventTimes } from '../../kubernetes.ts'
import { covered } from '../../observe.ts'
import { minute, toMillis } from '../../time.ts'
import { attachedElsewhere, attachmentsOf, type Attachment } from '../attachments.ts'
import type { DetectContext, Rule } from '../context.ts'
import { podEvents } from '../exits.ts'
import { findingsByOwner, type PodFault } from '../finding.ts'
import { networkDaemonsOn } from '../plugins.ts'
import { containersOf, createdAt, livePods, onset } from '../pods.ts'
import { similarName } from '../references.ts'
import { sharedClaimLines } from '../shared-claims.ts'
import { inNamespace, nameOf, quote } from '../text.ts'
import { missingObject } from './container-config.ts'

/** Sandbox, volumes and network are ready in seconds; after two minutes something holds them up. */
const grace = 2 * minute
/** Without any complaint the node may be pulling a big image (kube-prometheus waits longer still before KubeContainerWaiting). */
const quietGrace = 15 * minute

const creating = new Set(['ContainerCreating', 'PodInitializing'])

/** What the kubelet says while it cannot build the pod, and what that means. */
const complaints: readonly { pattern: RegExp; fault: string; causes: string[]; network?: boolean }[] = [
  {
    pattern:
      /failed to assign an IP|InsufficientFreeAddresses|no (?:free )?(?:IP|addresses) (?:addresses )?available|no available IP|range is full/i,
    fault: 'no IP address is left for it',
    causes: ['The subnet or address pool of the node is used up', 'Addresses of deleted pods were not given back'],
  },
  {
    pattern: /Multi-Attach/i,
    fault: 'its volume is still attached to another node',
    causes: [
      'A former pod on another node still holds the volume',
      'The other node is down and the volume was not detached',
    ],
  },
  {
    pattern: /FailedAttachVolume|AttachVolume/i,
    fault: 'a volume cannot be attached',
    causes: ['The storage driver is down or refuses', 'The volume is in another zone or was deleted'],
  },
  {
    pattern: /FailedMount|MountVolume|FailedMapVolume|Unable to attach or mount/i,
    fault: 'a volume cannot be mounted',
    causes: ['A Secret, ConfigMap or path it mounts is missing', 'The storage driver on the node is down'],
  },
  {
    pattern: /sandbox|network|cni/i,
    network: true,
    fault: 'its network sandbox cannot be made',
    causes: [
      'The network plugin (CNI) on the node is down or misconfigured',
      'The container runtime on the node is broken',
    ],
  },
]

/** Pods that have a node but no containers yet, and longer than that takes. */
export const stuckCreating: Rule = {
  codes: ['POD_STUCK_CREATING'],
  detect(context) {
    const attachments = attachmentsOf(context.snapshot)
    return findingsByOwner(
      context,
      livePods(context)
        .filter(isCreating)
        .flatMap((pod) => faultOf(context, attachments, pod)),
    )
  },
}

function isCreating(pod: Pod): boolean {
  const { phase } = pod.status
  const containers = containersOf(pod)
  // Only a kubelet reports containers: a pod that has some was given to a node.
  const given = (pod.spec.nodeName ?? '') !== '' || containers.length > 0
  if (phase !== 'Pending' || !given || conditionOf(pod, 'PodScheduled')?.status === 'False') return false
  return containers.every(({ status }) => creating.has(status.state?.waiting?.reason ?? ''))
}

function faultOf(context: DetectContext, attachments: readonly Attachment[], pod: Pod): PodFault[] {
  const since = toMillis(conditionOf(pod, 'PodScheduled')?.lastTransitionTime) ?? createdAt(pod)
  const complaint = podEvents(context, pod).findLast(
    ({ type, reason }) => type === 'Warning' && reason !== 'FailedScheduling',
  )
  const nowhere = hasNoNode(context, pod)
  const patience = complaint === undefined && !nowhere ? quietGrace : grace
  if (context.now - since < patience && !hasLostNode(context, pod)) return []

  const text = complaint === undefined ? '' : `${complaint.reason}: ${complaint.message ?? ''}`
  const missing = missingObject(text, pod.metadata.namespace ?? '') ?? missingClaim(context, text, pod)
  const volume = /attach/i.test(text) ? attachedElsewhere(context, attachments, pod) : { evidence: [], causedBy: [] }
  const shared = /attach/i.test(text) ? sharedClaimLines(context, pod) : []
  const known = complaints.find(({ pattern }) => pattern.test(text))
  const daemons = known?.network === true ? networkDaemonsOn(context, pod.spec.nodeName ?? '') : []
  const fault = nowhere
    ? `its node ${pod.spec.nodeName} does not exist`
    : missing === undefined
      ? (known?.fault ?? 'its containers are not created')
      : `it mounts ${nameOf(missing)}, which does not exist`
  return [
    {
      pod,
      rule: 'POD_STUCK_CREATING',
      fault: `pod does not start: ${fault}`,
      since: onset(pod, [firstMoment(complaint), since]),
      evidence: [
        `Pending on node ${pod.spec.nodeName}, containers are being created`,
        text !== '' && quote(text),
        missing !== undefined && similarName(context, missing),
        ...volume.evidence,
        ...shared,
      ],
      causes: causesOf(missing, nowhere, shared.length > 0, known?.causes),
      nextSteps: [
        `kubectl ${inNamespace(pod.metadata.namespace)}describe pod ${pod.metadata.name}`,
        `kubectl describe node ${pod.spec.nodeName}`,
      ],
      links: { causedBy: missing === undefined ? [...volume.causedBy, ...daemons] : [missing] },
    },
  ]
}

function causesOf(missing: ObjectRef | undefined, nowhere: boolean, shared: boolean, known: string[] | undefined) {
  if (nowhere) return ['Its spec names the node, and the node was removed or never existed']
  if (missing !== undefined)
    return [
      `${missing.kind} ${missing.name} was never created, was deleted or renamed`,
      'A typing error in the reference',
    ]
  if (shared) return ['Several pods want a volume that one node at a time may mount']
  return known ?? ['The kubelet of its node is slow or not working']
}

/** A pod that names its node by itself is never looked at by a scheduler, which would know that there is no such node. */
function hasNoNode({ nodes, snapshot }: DetectContext, pod: Pod): boolean {
  const name = pod.spec.nodeName ?? ''
  return name !== '' && covered(snapshot, 'nodes') && nodes.size > 0 && !nodes.has(name)
}

/** A pod given to a node that then fell silent waits for the node, however short a time. */
function hasLostNode({ nodes, now }: DetectContext, pod: Pod): boolean {
  const node = nodes.get(pod.spec.nodeName ?? '')
  return node !== undefined && conditionOf(node, 'Ready')?.status === 'Unknown' && now - createdAt(pod) >= grace
}

function missingClaim(context: DetectContext, text: string, pod: Pod) {
  const name = /persistentvolumeclaim "([^"]+)" not found/i.exec(text)?.[1]
  const namespace = pod.metadata.namespace ?? ''
  if (name === undefined || !context.surelyAbsent('persistentvolumeclaims', namespace, name)) return undefined
  return { kind: 'PersistentVolumeClaim', namespace, name }
}

function firstMoment(event: KubernetesEvent | undefined): number | undefined {
  return event === undefined ? undefined : toMillis(eventTimes(event).first)
}
