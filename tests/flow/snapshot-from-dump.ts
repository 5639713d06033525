import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { KubernetesObject, Pod } from '../../shared/core/src/kubernetes.ts'
import { observedKinds, type ClusterSnapshot, type Coverage, type ObservedKind } from '../../shared/core/src/observe.ts'
import { day, toMillis } from '../../shared/core/src/time.ts'

const recordings = new URL('../../shared/simulator/recordings/', import.meta.url)

export interface Dump {
  takenAt: string
  lists: Record<string, { items: KubernetesObject[] }>
}

/** A recorded cluster by name: `mixed`, `scenarios/quota`. */
export function readDump(name: string): Dump {
  return JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, recordings))).toString()) as Dump
}

/** A file of the recordings as it is. */
export function readRecording(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, recordings)).toString())
}

/**
 * The snapshot an observer would make of a dump.
 * `all`: everything in it, every pod and event and ReplicaSet.
 * `suspects`: what the kubernetes server reads of a big cluster: suspect pods, Warning events, no ReplicaSets.
 */
export function snapshotFromDump(dump: Dump, view: 'all' | 'suspects', cluster = 'recorded'): ClusterSnapshot {
  const objects = Object.fromEntries(observedKinds.map((kind) => [kind, itemsOf(dump, kind)])) as unknown as Record<
    ObservedKind,
    KubernetesObject[]
  >
  const pods = objects.pods as unknown as Pod[]
  const coverage: Coverage[] = ['api', ...observedKinds].map((source) => ({ source, status: 'ok', detail: '' }))
  const byNode = new Map<string, number>()
  for (const { spec } of pods) byNode.set(spec.nodeName ?? '', (byNode.get(spec.nodeName ?? '') ?? 0) + 1)
  const census = { total: pods.length, byNode, unreadLike: new Map<string, number>() }
  const base = { cluster, takenAt: dump.takenAt, census }
  if (view === 'all') return { ...base, coverage, objects: { ...objects, pods } }
  return {
    ...base,
    coverage: coverage.filter(({ source }) => source !== 'replicasets'),
    objects: {
      ...objects,
      pods: pods.filter((pod) => isSuspect(pod, toMillis(dump.takenAt)!)),
      events: objects.events.filter((event) => event['type'] === 'Warning'),
      replicasets: [],
    },
  }
}

/** The list of a plural name, whatever group it stands in; events are the core ones. */
function itemsOf(dump: Dump, kind: ObservedKind): KubernetesObject[] {
  const paths = Object.keys(dump.lists).filter((path) => path.endsWith(`/${kind}`) && !path.includes('metrics.k8s.io'))
  return paths.flatMap((path) => dump.lists[path]!.items)
}

/** What the columns READY, STATUS and RESTARTS of the server's table would give away. */
function isSuspect({ metadata, status }: Pod, now: number): boolean {
  if (status.phase === 'Succeeded') return false
  if (metadata.deletionTimestamp !== undefined || status.phase !== 'Running') return true
  const containers = status.containerStatuses ?? []
  if (containers.some(({ ready }) => ready !== true)) return true
  return [...containers, ...(status.initContainerStatuses ?? [])].some(({ restartCount = 0, lastState }) => {
    const ended = toMillis(lastState?.terminated?.finishedAt)
    return restartCount > 0 && (ended === undefined || now - ended < day)
  })
}
