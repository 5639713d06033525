import { observedKinds, type ClusterSnapshot, type Coverage, type PodCensus } from '@kubevigil/core/observe'
import { toInstant } from '@kubevigil/core/time'
import type { Pod } from '@kubevigil/core/kubernetes'
import type { KubeClient } from '../kube/client.ts'
import { coverageOf } from './coverage.ts'
import { withLeanEvents } from './lean-events.ts'
import { readKinds } from './read-kinds.ts'
import { screenPods } from './screen-pods.ts'
import { readServerVersion } from './server-version.ts'

const noPods: { pods: Pod[]; census: PodCensus } = {
  pods: [],
  census: { total: 0, byNode: new Map(), unreadLike: new Map() },
}

/**
 * Looks at a cluster once. Never throws because the cluster cannot be read: what failed stands in the coverage, and an
 * unreachable API server is the snapshot's first coverage entry, `api`.
 */
export async function observe(
  client: KubeClient,
  namespace: string | undefined,
  now: number,
  signal: AbortSignal,
): Promise<ClusterSnapshot> {
  const base = { cluster: client.cluster, takenAt: toInstant(now), ...(namespace === undefined ? {} : { namespace }) }
  try {
    const discovery = await client.discovery(signal)
    const podType = discovery.types.find((type) => type.plural === 'pods' && type.group === '')!
    const screening = readPods(() => screenPods(client, podType, namespace, signal), signal)
    // Its failure is not lost: the same promise is awaited below.
    const readWhole = screening.then(
      ({ pods, coverage }) => (coverage.status === 'ok' ? pods : undefined),
      () => undefined,
    )
    const [{ pods, census, coverage: podCoverage }, serverVersion, { objects, coverage }] = await Promise.all([
      screening,
      readServerVersion(client, signal),
      readKinds(withLeanEvents(client, readWhole), discovery, namespace, signal),
    ])
    const stale = discovery.stale.map((group): Coverage => ({
      source: `api group ${group}`,
      status: 'error',
      detail: 'its server does not answer',
    }))
    return {
      ...base,
      coverage: [{ source: 'api', status: 'ok', detail: '' }, podCoverage, ...coverage, ...stale],
      objects: { ...objects, pods },
      census,
      ...(serverVersion === undefined ? {} : { serverVersion }),
    }
  } catch (error) {
    signal.throwIfAborted()
    const nothing = Object.fromEntries(observedKinds.map((kind) => [kind, []])) as unknown as ClusterSnapshot['objects']
    return { ...base, coverage: [coverageOf('api', 0, error)], objects: nothing, census: noPods.census }
  }
}

async function readPods(screen: () => Promise<typeof noPods>, signal: AbortSignal) {
  try {
    const { pods, census } = await screen()
    return { pods, census, coverage: coverageOf('pods', census.total) }
  } catch (error) {
    signal.throwIfAborted()
    return { ...noPods, coverage: coverageOf('pods', 0, error) }
  }
}
