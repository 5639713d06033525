import { clip } from '@kubevigil/core/budget'
import { leastHours, leastPoints } from '@kubevigil/core/right-size'
import { describeError } from '@kubevigil/mcp-kit/errors'
import type { Sources } from '../diagnose/sources.ts'
import type { Prometheus } from '../prometheus/client.ts'
import { PrometheusError } from '../prometheus/errors.ts'
import { readUsageHistory } from '../prometheus/usage-history.ts'
import { podUsage } from '../usage/metrics.ts'
import { usesFromHistory, usesFromMoment, type Uses } from './past.ts'
import type { Workload } from './workloads.ts'

export interface Measured {
  source: 'prometheus' | 'metrics-server'
  uses: Uses
  /** What the reader must know about it. */
  note: string
}

interface Wanted {
  namespace: string | undefined
  days: number
  now: number
  /** Of this cluster; undefined when there is none. */
  prometheus: Prometheus | undefined
}

/** Reads what containers used: the past where there is a Prometheus, else this moment. What fails stands in the coverage. */
export async function measure(
  wanted: Wanted,
  workloads: readonly Workload[],
  sources: Sources,
  signal: AbortSignal,
): Promise<Measured> {
  const past = await readPast(wanted, workloads, sources, signal)
  if (past !== undefined)
    return {
      source: 'prometheus',
      uses: past,
      note: `Containers with less than ${leastHours} hours or ${leastPoints} samples get no recommendation.`,
    }
  const usage = await podUsage(sources, wanted.namespace)
  const why =
    wanted.prometheus === undefined
      ? 'No Prometheus of this cluster is set (PROMETHEUS_URL)'
      : 'Prometheus could not be used (see coverage)'
  return {
    source: 'metrics-server',
    uses: usesFromMoment(usage ?? new Map(), workloads),
    note:
      usage === undefined
        ? `${why}, and there is no metrics API either: only OOM kills are known.`
        : `${why}: only this moment is known, which is too little history for any number.`,
  }
}

async function readPast(
  { namespace, days, now, prometheus }: Wanted,
  workloads: readonly Workload[],
  { coverage }: Sources,
  signal: AbortSignal,
): Promise<Uses | undefined> {
  if (prometheus === undefined || workloads.length === 0) return undefined
  const source = 'prometheus'
  try {
    const history = await readUsageHistory(prometheus, { namespace, days, now }, signal)
    const uses = usesFromHistory(history, workloads, days)
    if (uses === undefined) {
      const detail = `It knows ${history.containers.length} containers and none of the pods that run here: it watches another cluster, or lacks cAdvisor metrics.`
      coverage.push({ source, status: 'error', detail })
      return undefined
    }
    const [warning] = history.warnings
    coverage.push(
      warning === undefined
        ? { source, status: 'ok', detail: `${history.containers.length} containers` }
        : { source, status: 'partial', detail: `It warns: "${clip(warning, 150)}"` },
    )
    return uses
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof PrometheusError)) throw error
    coverage.push({ source, status: error.failure, detail: clip(describeError(error), 300) })
    return undefined
  }
}
