import type { FindingLinks, ObjectRef } from '../incident.ts'
import type { Pod } from '../kubernetes.ts'
import { categoryOfTaint, type SchedulingReason } from '../scheduling.ts'
import { isNotReady, type DetectContext } from './context.ts'

/** The claims of a pod that keep it from being placed, by name: from the message, else those of its volumes. */
export function claimsToBlame(context: DetectContext, pod: Pod, reasons: readonly SchedulingReason[]): ObjectRef[] {
  const storage = new Set(['MissingClaim', 'UnboundClaim', 'LostVolume'])
  const blamed = reasons.filter(({ category }) => storage.has(category))
  if (blamed.length === 0) return []
  const namespace = pod.metadata.namespace ?? ''
  const named = blamed
    .map(({ text }) => /persistentvolumeclaim "([^"]+)"/i.exec(text)?.[1])
    .filter((name) => name !== undefined)
  const mounted = (pod.spec.volumes ?? [])
    .map((volume) => volume.persistentVolumeClaim?.claimName)
    .filter((name) => name !== undefined)
  const unbound = mounted.filter(
    (name) => context.find('persistentvolumeclaims', namespace, name)?.status?.['phase'] !== 'Bound',
  )
  return (named.length > 0 ? named : unbound).map((name) => ({ kind: 'PersistentVolumeClaim', namespace, name }))
}

/**
 * The taints behind "had untolerated taint(s)", which since 1.34 names none: every taint of the cluster's nodes the pod does
 * not tolerate.
 */
export function untolerated({ nodes }: DetectContext, pod: Pod, reasons: readonly SchedulingReason[]): string[] {
  if (!reasons.some(({ category }) => category === 'UntoleratedTaint' || category === 'NodeUnavailable')) return []
  const keys = new Set(
    [...nodes.values()].flatMap((node) =>
      taintsOf(node)
        .filter((taint) => !tolerates(pod, taint))
        .map(({ key }) => key),
    ),
  )
  keys.delete('node.kubernetes.io/unschedulable')
  return keys.size === 0 ? [] : [`Taints it does not tolerate: ${[...keys].sort().slice(0, 8).join(', ')}`]
}

/**
 * The dead node a pod waits for: when nothing but taints and the place of its volume keeps it off every node, and exactly one
 * node is down. A pod that is short of a resource waits for room, not for that node.
 */
export function nodeToBlame({ nodes }: DetectContext, pod: Pod, reasons: readonly SchedulingReason[]): FindingLinks {
  const allowed = new Set(['UntoleratedTaint', 'NodeUnavailable', 'Cordoned', 'VolumeNodeAffinity', 'Preemption'])
  const down = [...nodes.values()].filter(isNotReady)
  const onlyNodes = reasons.length > 0 && reasons.every(({ category }) => allowed.has(category))
  const tainted = reasons.some(({ category }) => category === 'UntoleratedTaint' || category === 'NodeUnavailable')
  if (!onlyNodes || !tainted || down.length !== 1) return {}
  const others = [...nodes.values()]
    .filter((node) => !isNotReady(node))
    .some((node) =>
      taintsOf(node).some((taint) => !tolerates(pod, taint) && categoryOfTaint(taint.key) === 'UntoleratedTaint'),
    )
  const pinned = reasons.some(({ category }) => category === 'VolumeNodeAffinity')
  return pinned || !others ? { nodes: [down[0]!.metadata.name] } : {}
}

interface Taint {
  key: string
  value?: string
  effect?: string
}

function taintsOf(node: { spec?: Record<string, unknown> }): Taint[] {
  return ((node.spec?.['taints'] ?? []) as Taint[]).filter(({ effect }) => effect !== 'PreferNoSchedule')
}

function tolerates({ spec }: Pod, taint: Taint): boolean {
  return (spec.tolerations ?? []).some(
    ({ key, operator, value, effect }) =>
      (effect === undefined || effect === '' || effect === taint.effect) &&
      ((key ?? '') === '' || key === taint.key) &&
      (operator === 'Exists' || (value ?? '') === (taint.value ?? '')),
  )
}
