import { refKey, type ObjectRef } from '../incident.ts'
import type { KubernetesObject } from '../kubernetes.ts'
import { covered, type ClusterSnapshot } from '../observe.ts'
import { backendsOf, serviceLabel, type Backends, type EndpointSlice } from './backends.ts'
import { refOf, workloadsOf, type IndexedKind, type NamedWorkload } from './objects.ts'

/** A snapshot with the indexes that keep looking things up cheap in a big cluster. Built once for detecting, once for grouping. */
export interface Lookup {
  readonly snapshot: ClusterSnapshot
  /** Workloads by `Kind/namespace/name`. */
  readonly workloads: ReadonlyMap<string, NamedWorkload>
  find(kind: IndexedKind, namespace: string, name: string): KubernetesObject | undefined
  /**
   * Whether an object is surely not there: its kind was listed whole, and for its namespace. A forbidden or narrowed list
   * proves nothing.
   */
  surelyAbsent(kind: IndexedKind, namespace: string, name: string): boolean
  /** What stands behind a Service. */
  backendsOf(service: KubernetesObject): Backends
  /** The workloads behind Services given by name. */
  workloadsBehind(services: readonly ObjectRef[]): ObjectRef[]
}

export function buildLookup(snapshot: ClusterSnapshot): Lookup {
  const all = workloadsOf(snapshot)
  const byNamespace = Map.groupBy(all, ({ ref }) => ref.namespace)
  const slices = Map.groupBy(
    snapshot.objects.endpointslices as readonly EndpointSlice[],
    ({ metadata }) => `${metadata.namespace}/${metadata.labels?.[serviceLabel]}`,
  )
  const indexes = new Map<IndexedKind, Map<string, KubernetesObject>>()
  const indexOf = (kind: IndexedKind): Map<string, KubernetesObject> => {
    const index =
      indexes.get(kind) ?? new Map(snapshot.objects[kind].map((object) => [refKey(refOf(kind, object)), object]))
    indexes.set(kind, index)
    return index
  }

  const lookup: Lookup = {
    snapshot,
    workloads: new Map(all.map((workload) => [refKey(workload.ref), workload])),
    find: (kind, namespace, name) => indexOf(kind).get(refKey(refOf(kind, { metadata: { namespace, name } }))),
    surelyAbsent(kind, namespace, name) {
      const looked = snapshot.namespace === undefined || namespace === '' || snapshot.namespace === namespace
      return looked && covered(snapshot, kind) && lookup.find(kind, namespace, name) === undefined
    },
    backendsOf(service) {
      const { namespace = '', name } = service.metadata
      const known = covered(snapshot, 'endpointslices') ? (slices.get(`${namespace}/${name}`) ?? []) : undefined
      return backendsOf(service, known, byNamespace.get(namespace) ?? [])
    },
    workloadsBehind(services) {
      const refs = services
        .map(({ namespace, name }) => lookup.find('services', namespace, name))
        .filter((service) => service !== undefined)
        .flatMap((service) => lookup.backendsOf(service).workloads.map(({ ref }) => ref))
      return [...new Map(refs.map((ref) => [refKey(ref), ref])).values()]
    },
  }
  return lookup
}
