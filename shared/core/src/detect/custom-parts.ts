import { refKey, type ObjectRef } from '../incident.ts'
import { controllerOf, type KubernetesObject } from '../kubernetes.ts'
import type { ClusterSnapshot } from '../observe.ts'
import { judge, refOfCustom, type Verdict } from './custom-resources.ts'

/** How a custom resource stands to the ones it was made for, and to those made for it. */
export interface Parts {
  /** The one it was made for does well without it: a revision that was left behind, say. */
  isLeftBehind(object: KubernetesObject): boolean
  /** Where its fault lies: in its one part that fails, or, with others that fail alike, in what they are parts of. */
  causesOf(object: KubernetesObject): ObjectRef[]
}

/** Judges all custom resources of a snapshot once and joins them by their controllers. */
export function partsOf({ objects }: Pick<ClusterSnapshot, 'objects'>, now: number): Parts {
  const states = new Map<string, Verdict['state']>()
  for (const object of objects.customresources) states.set(refKey(refOfCustom(object)), judge(object, now).state)
  const failing = Map.groupBy(
    objects.customresources.filter((object) => states.get(refKey(refOfCustom(object))) === 'degraded'),
    (object) => refKey(wholeOf(object) ?? refOfCustom(object)),
  )

  return {
    isLeftBehind(object) {
      const whole = wholeOf(object)
      return whole !== undefined && states.get(refKey(whole)) === 'ready'
    },
    causesOf(object) {
      const whole = wholeOf(object)
      const alike = whole === undefined ? [] : partsFailing(whole)
      const own = partsFailing(refOfCustom(object))
      return [...(whole !== undefined && alike.length > 1 ? [whole] : []), ...(own.length === 1 ? own : [])]
    },
  }

  function partsFailing(whole: ObjectRef): ObjectRef[] {
    const parts = (failing.get(refKey(whole)) ?? []).map(refOfCustom)
    return parts.filter((part) => refKey(part) !== refKey(whole))
  }

  /** What controls an object, of its own namespace or of none, as far as it was read. */
  function wholeOf(object: KubernetesObject): ObjectRef | undefined {
    const controller = controllerOf(object)
    if (controller === undefined) return undefined
    const { kind, name } = controller
    return [object.metadata.namespace ?? '', '']
      .map((namespace) => ({ kind, namespace, name }))
      .find((ref) => states.has(refKey(ref)))
  }
}
