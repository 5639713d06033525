import type { ObjectRef } from '../incident.ts'
import type { PodSpec, Volume } from '../kubernetes.ts'

interface Source {
  name?: string
  optional?: boolean
}

interface Projected {
  sources?: { configMap?: Source; secret?: Source }[]
}

/**
 * The objects without which the kubelet starts no container of a pod: what volumes and environment name and do not call
 * optional, and the service account. Pull secrets are left out: an image may be public or cached.
 */
export function requiredBy(spec: PodSpec, namespace: string): ObjectRef[] {
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])]
  const volumes = spec.volumes ?? []
  const sources = volumes.flatMap((volume) => (volume['projected'] as Projected | undefined)?.sources ?? [])
  const configMaps: (Source | undefined)[] = [
    ...containers.flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom?.configMapKeyRef)),
    ...containers.flatMap(({ envFrom = [] }) => envFrom.map(({ configMapRef }) => configMapRef)),
    ...volumes.map(({ configMap }) => configMap),
    ...sources.map(({ configMap }) => configMap),
  ]
  const secrets: (Source | undefined)[] = [
    ...containers.flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom?.secretKeyRef)),
    ...containers.flatMap(({ envFrom = [] }) => envFrom.map(({ secretRef }) => secretRef)),
    ...volumes.map(secretOf),
    ...sources.map(({ secret }) => secret),
  ]
  return [
    ...refsOf('ConfigMap', configMaps, namespace),
    ...refsOf('Secret', secrets, namespace),
    ...refsOf('ServiceAccount', [{ name: spec.serviceAccountName ?? '' }], namespace),
  ]
}

function secretOf({ secret }: Volume): Source | undefined {
  return secret === undefined
    ? undefined
    : { name: secret.secretName, ...(secret.optional === undefined ? {} : { optional: secret.optional }) }
}

function refsOf(kind: string, sources: readonly (Source | undefined)[], namespace: string): ObjectRef[] {
  const names = sources.flatMap((source) =>
    source?.name === undefined || source.name === '' || source.optional === true ? [] : [source.name],
  )
  return [...new Set(names)].map((name) => ({ kind, namespace, name }))
}
