import type { Container, KubernetesObject, PodSpec } from '@kubevigil/core/kubernetes'
import type { KubeClient } from '../kube/client.ts'
import { pathOf } from '../kube/discovery.ts'
import { KubeError } from '../kube/errors.ts'
import type { Sources } from './sources.ts'

/** An object that another one names and cannot do without. */
export interface Reference {
  kind: string
  name: string
  /** Where it is named: `container app`, `volume config`. */
  from: string
}

/** Metadata or nothing: a server that would send a Secret's data has to refuse. */
const metadataOnly = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io'
const mostReferences = 30

/**
 * Which of the objects an object names do not exist. Only metadata is asked for, of Secrets too; what may not be read is unknown,
 * never missing.
 */
export async function checkReferences(
  object: KubernetesObject,
  kind: string,
  kube: KubeClient,
  sources: Sources,
  signal: AbortSignal,
): Promise<{ missing: Reference[]; unknown: Reference[]; checked: number }> {
  const references = referencesOf(object, kind).slice(0, mostReferences)
  const checked = await Promise.all(
    references.map(async (reference) => ({
      reference,
      exists: await exists(reference, object.metadata.namespace, kube, signal),
    })),
  )
  const pick = (wanted: boolean | undefined): Reference[] =>
    checked.filter((each) => each.exists === wanted).map((each) => each.reference)
  const unknown = pick(undefined)
  if (unknown.length > 0) {
    const kinds = [...new Set(unknown.map((reference) => reference.kind))].join(', ')
    sources.coverage.push({
      source: 'references',
      status: 'partial',
      detail: `whether ${unknown.length} named objects exist cannot be told (${kinds})`,
    })
  }
  return { missing: pick(false), unknown, checked: checked.length }
}

/** Everything an object names that must exist for it to work, each once. Optional references are left out. */
export function referencesOf(object: KubernetesObject, kind: string): Reference[] {
  const spec = podSpecOf(object, kind)
  const all = [...(spec === undefined ? [] : podReferences(spec)), ...otherReferences(object, kind)]
  return [...new Map(all.map((reference) => [`${reference.kind}/${reference.name}`, reference])).values()].filter(
    (reference) => reference.name !== '',
  )
}

/** The pod spec inside an object: its own, its template's, or that of the Jobs it makes. */
export function podSpecOf(object: KubernetesObject, kind: string): PodSpec | undefined {
  const spec = object.spec as
    | { template?: { spec?: PodSpec }; jobTemplate?: { spec?: { template?: { spec?: PodSpec } } } }
    | undefined
  if (kind === 'Pod') return spec as PodSpec | undefined
  const inner = kind === 'CronJob' ? spec?.jobTemplate?.spec?.template?.spec : spec?.template?.spec
  return Array.isArray(inner?.containers) ? inner : undefined
}

function podReferences(spec: PodSpec): Reference[] {
  const containers = [...(spec.initContainers ?? []), ...spec.containers]
  return [
    ...containers.flatMap(containerReferences),
    ...(spec.volumes ?? []).flatMap(({ name, secret, configMap, persistentVolumeClaim, ...rest }): Reference[] => {
      const from = `volume ${name}`
      const projected =
        (rest['projected'] as { sources?: { secret?: Named; configMap?: Named }[] } | undefined)?.sources ?? []
      return [
        ...named('Secret', { name: secret?.secretName, optional: secret?.optional }, from),
        ...named('ConfigMap', configMap, from),
        ...named('PersistentVolumeClaim', { name: persistentVolumeClaim?.claimName }, from),
        ...projected.flatMap((source) => [
          ...named('Secret', source.secret, from),
          ...named('ConfigMap', source.configMap, from),
        ]),
      ]
    }),
    ...(spec.imagePullSecrets ?? []).flatMap((secret) => named('Secret', secret, 'imagePullSecrets')),
    ...named('ServiceAccount', { name: spec.serviceAccountName }, 'serviceAccountName'),
  ]
}

interface Named {
  name?: string | undefined
  optional?: boolean | undefined
}

function named(kind: string, object: Named | undefined, from: string): Reference[] {
  return object?.name === undefined || object.optional === true ? [] : [{ kind, name: object.name, from }]
}

function containerReferences({ name, env, envFrom }: Container): Reference[] {
  const from = `container ${name}`
  return [
    ...(env ?? []).flatMap(({ valueFrom }) => [
      ...named('Secret', valueFrom?.secretKeyRef, from),
      ...named('ConfigMap', valueFrom?.configMapKeyRef, from),
    ]),
    ...(envFrom ?? []).flatMap(({ secretRef, configMapRef }) => [
      ...named('Secret', secretRef, from),
      ...named('ConfigMap', configMapRef, from),
    ]),
  ]
}

/** What kinds without pods name: an Ingress its Services and certificates, an autoscaler its target, a claim its class. */
function otherReferences({ spec = {} }: KubernetesObject, kind: string): Reference[] {
  if (kind === 'StatefulSet')
    return named('Service', { name: spec['serviceName'] as string | undefined }, 'serviceName')
  if (kind === 'PersistentVolumeClaim')
    return named('StorageClass', { name: spec['storageClassName'] as string | undefined }, 'storageClassName')
  if (kind === 'HorizontalPodAutoscaler') {
    const target = spec['scaleTargetRef'] as { kind?: string; name?: string } | undefined
    return named(target?.kind ?? 'Deployment', target, 'scaleTargetRef')
  }
  if (kind !== 'Ingress') return []
  const ingress = spec as {
    tls?: { secretName?: string }[]
    rules?: { http?: { paths?: { backend?: { service?: Named } }[] } }[]
    defaultBackend?: { service?: Named }
  }
  return [
    ...(ingress.tls ?? []).flatMap(({ secretName }) => named('Secret', { name: secretName }, 'tls')),
    ...(ingress.rules ?? []).flatMap((rule) =>
      (rule.http?.paths ?? []).flatMap((path) => named('Service', path.backend?.service, 'rules')),
    ),
    ...named('Service', ingress.defaultBackend?.service, 'defaultBackend'),
  ]
}

async function exists(
  { kind, name }: Reference,
  namespace: string | undefined,
  kube: KubeClient,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  try {
    const type = await kube.type(kind, signal)
    await kube.get(pathOf(type, type.namespaced ? namespace : undefined, name), { accept: metadataOnly, signal })
    return true
  } catch (error) {
    signal.throwIfAborted()
    return error instanceof KubeError && error.failure === 'not-found' ? false : undefined
  }
}
