import type { ObjectRef } from '../incident.ts'
import { controllerOf, type Container, type PodSpec } from '../kubernetes.ts'
import type { DetectContext } from './context.ts'
import { templateOf } from './objects.ts'
import { nameOf, nearestName } from './text.ts'

/** The Secrets or ConfigMaps a pod spec names: environment, volumes and, for Secrets, pull secrets. */
export function namesUsed(spec: PodSpec, kind: 'Secret' | 'ConfigMap'): string[] {
  const secret = kind === 'Secret'
  const inContainer = ({ env, envFrom }: Container): (string | undefined)[] => [
    ...(env ?? []).map(({ valueFrom }) => (secret ? valueFrom?.secretKeyRef : valueFrom?.configMapKeyRef)?.name),
    ...(envFrom ?? []).map(({ secretRef, configMapRef }) => (secret ? secretRef : configMapRef)?.name),
  ]
  return [
    ...[...(spec.initContainers ?? []), ...(spec.containers ?? [])].flatMap(inContainer),
    ...(spec.volumes ?? []).map((volume) => (secret ? volume.secret?.secretName : volume.configMap?.name)),
    ...(secret ? (spec.imagePullSecrets ?? []).map(({ name }) => name) : []),
  ].filter((name) => name !== undefined)
}

/**
 * A name that other workloads of the namespace use and that a missing one may have been meant to be. Secrets are never read,
 * so what others mount is the best list of names there is.
 */
export function similarName(context: DetectContext, missing: ObjectRef): string | undefined {
  const { kind, namespace, name } = missing
  if (kind !== 'Secret' && kind !== 'ConfigMap') return undefined
  const users = new Map<string, ObjectRef>()
  for (const { ref, object } of context.workloads.values()) {
    // Of a ReplicaSet or a Job of a CronJob, the owner is the one to name.
    const spec =
      ref.namespace === namespace && controllerOf(object) === undefined ? templateOf(object)?.spec : undefined
    for (const used of spec === undefined ? [] : namesUsed(spec, kind)) if (!users.has(used)) users.set(used, ref)
  }
  const near = nearestName(name, users.keys())
  return near === undefined ? undefined : `${nameOf(users.get(near)!)} uses a ${kind} of a similar name: ${near}`
}

/** Who is hit when a Secret is missing or runs out: the workloads that use it and the Ingresses that serve with it, in words. */
export function usersOfSecret({ snapshot, workloads }: DetectContext, secret: ObjectRef): string[] {
  const { namespace, name } = secret
  const users = [...workloads.values()]
    .filter(({ ref, object }) => ref.namespace === namespace && controllerOf(object) === undefined)
    .filter(({ object }) => namesUsed(templateOf(object)?.spec ?? { containers: [] }, 'Secret').includes(name))
    .map(({ ref }) => `${nameOf(ref)} uses its Secret ${name}`)
  const ingresses = snapshot.objects.ingresses.flatMap(({ metadata, spec }) => {
    const tls = ((spec?.['tls'] ?? []) as { hosts?: string[]; secretName?: string }[]).filter(
      ({ secretName }) => metadata.namespace === namespace && secretName === name,
    )
    const hosts = [...new Set(tls.flatMap((entry) => entry.hosts ?? []))].join(', ')
    return tls.length === 0 ? [] : [`Ingress ${namespace}/${metadata.name} serves ${hosts || 'its hosts'} with it`]
  })
  return [...ingresses, ...users].sort().slice(0, 5)
}
