import type { MetricType } from '@kubevigil/core/anomaly'
import { parseQuantity } from '@kubevigil/core/quantity'
import { toMillis } from '@kubevigil/core/time'

/** What a column of a metrics file holds. */
export type Column =
  | { role: 'time' }
  | { role: 'label'; label: string }
  | { role: 'limit'; metric: string }
  | { role: 'metric'; metric: string; type: MetricType; unit: string; read: (cell: string) => number | undefined }

/** Phases of a pod by their number in a series; the names are Kubernetes' own. */
export const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const
export const phaseMetric = 'phase'

const times = /^(?:timestamp|time|at|date|datetime|collected_at)$/
const labels: readonly [RegExp, string][] = [
  [/^(?:namespace|ns)$/, 'namespace'],
  [/^(?:pod|pod_name|name)$/, 'name'],
  [/^(?:container|container_name)$/, 'container'],
  [/^(?:node|node_name)$/, 'node'],
  [/^kind$/, 'kind'],
  [/^cluster$/, 'cluster'],
]
const metrics: readonly [RegExp, string, string][] = [
  [/^cpu(?:_usage|_utili[sz]ation|_used)?(?:_cores)?$/, 'cpu', 'cores'],
  [/^mem(?:ory)?(?:_usage|_utili[sz]ation|_used|_working_set)?(?:_bytes)?$/, 'memory', 'bytes'],
  [/^(?:network_)?(?:rx|receive[d]?|in|bytes_received)(?:_bytes)?$/, 'network_rx', 'bytes'],
  [/^(?:network_)?(?:tx|transmit(?:ted)?|out|bytes_transmitted)(?:_bytes)?$/, 'network_tx', 'bytes'],
  [/^(?:ready_containers|containers_ready|ready)$/, 'ready_containers', ''],
  [/^(?:total_containers|containers_total|containers)$/, 'total_containers', ''],
]

/** What a column is by its head: spelling, order and case do not matter. A head that is not known is a metric of that name. */
export function columnOf(head: string): Column {
  const name = head
    .trim()
    .toLowerCase()
    .replaceAll('%', '_percent')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
  if (times.test(name)) return { role: 'time' }
  const label = labels.find(([pattern]) => pattern.test(name))
  if (label !== undefined) return { role: 'label', label: label[1] }
  if (name === phaseMetric || name === 'pod_phase') return metricColumn(phaseMetric, 'gauge', '', readPhase)
  if (/^restarts?(?:_count|_total)?$|^restart_count$/.test(name)) return metricColumn('restarts', 'counter', '')
  const ceiling = /^(cpu|memory|mem)_limit/.exec(name)
  if (ceiling !== null) return { role: 'limit', metric: ceiling[1] === 'cpu' ? 'cpu' : 'memory' }
  const percent = /_(?:percent|percentage|pct)$/.test(name)
  const isTotal = name.endsWith('_total')
  const base = name.replace(/_(?:percent|percentage|pct|total)$/, '')
  const known = metrics.find(([pattern]) => pattern.test(name) || pattern.test(base))
  const type = isTotal && known?.[1] !== 'total_containers' ? 'counter' : 'gauge'
  return metricColumn(known?.[1] ?? name, type, percent ? 'percent' : (known?.[2] ?? ''))
}

function metricColumn(metric: string, type: MetricType, unit: string, read = readNumber): Column {
  return { role: 'metric', metric, type, unit, read }
}

/** A number, a Kubernetes quantity such as `250m` or `512Mi`, or a share such as `12.5%`. */
export function readNumber(cell: string): number | undefined {
  const value = parseQuantity(cell.replace(/%$/, ''))
  return value !== undefined && Number.isFinite(value) ? value : undefined
}

function readPhase(cell: string): number | undefined {
  const index = phases.findIndex((phase) => phase.toLowerCase() === cell.toLowerCase())
  return index < 0 ? undefined : index
}

/** ISO 8601 (UTC where no zone is named), or seconds or milliseconds since the epoch. */
export function readTime(cell: string): number | undefined {
  if (/^\d{9,13}(?:\.\d+)?$/.test(cell)) return Number(cell) < 1e11 ? Math.round(Number(cell) * 1000) : Number(cell)
  const iso = cell.replace(' ', 'T')
  return toMillis(/T[\d:.]+$/.test(iso) ? `${iso}Z` : iso)
}
