import { covered, type ClusterSnapshot } from '@kubevigil/core/observe'
import type { Prometheus } from '../prometheus/client.ts'
import { readControlPlane } from '../prometheus/control-plane.ts'
import { readVolumes } from '../prometheus/volumes.ts'
import { coverageOf } from './coverage.ts'

/**
 * The snapshot with what only a Prometheus knows: how full volumes are, and how the control plane fares. A failure is a gap in the
 * coverage and no end.
 */
export async function withPrometheus(
  snapshot: ClusterSnapshot,
  prometheus: Prometheus | undefined,
  now: number,
  signal: AbortSignal,
): Promise<ClusterSnapshot> {
  if (prometheus === undefined || !covered(snapshot, 'api')) return snapshot
  const source = 'prometheus'
  try {
    const [volumes, controlPlane] = await Promise.all([
      readVolumes(prometheus, snapshot.namespace, now, signal),
      // The control plane is nobody's namespace.
      snapshot.namespace === undefined ? readControlPlane(prometheus, now, signal) : [],
    ])
    const metrics = snapshot.metrics ?? { nodes: new Map(), pods: [] }
    const coverage = [...snapshot.coverage, { source, status: 'ok' as const, detail: '' }]
    return { ...snapshot, coverage, metrics: { ...metrics, volumes, controlPlane } }
  } catch (error) {
    signal.throwIfAborted()
    return { ...snapshot, coverage: [...snapshot.coverage, coverageOf(source, 0, error)] }
  }
}
