import { covered, type ClusterSnapshot } from '@kubevigil/core/observe'
import type { Prometheus } from '../prometheus/client.ts'
import { readVolumes } from '../prometheus/volumes.ts'
import { coverageOf } from './coverage.ts'

/** The snapshot with how full its volumes are, where there is a Prometheus; a failure is a gap in the coverage and no end. */
export async function withVolumes(
  snapshot: ClusterSnapshot,
  prometheus: Prometheus | undefined,
  now: number,
  signal: AbortSignal,
): Promise<ClusterSnapshot> {
  if (prometheus === undefined || !covered(snapshot, 'api')) return snapshot
  const source = 'prometheus'
  try {
    const volumes = await readVolumes(prometheus, snapshot.namespace, now, signal)
    const metrics = snapshot.metrics ?? { nodes: new Map(), pods: [] }
    const coverage = [...snapshot.coverage, { source, status: 'ok' as const, detail: '' }]
    return { ...snapshot, coverage, metrics: { ...metrics, volumes } }
  } catch (error) {
    signal.throwIfAborted()
    return { ...snapshot, coverage: [...snapshot.coverage, coverageOf(source, 0, error)] }
  }
}
