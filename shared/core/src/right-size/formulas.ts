/**
 * What a container should request, by the rules of krr's "simple" strategy (robusta-dev/krr), whose numbers are tried on many
 * clusters and easily explained. Pure units: cores and bytes.
 */
export type Resource = 'cpu' | 'memory'

/** How much a difference matters, least first. */
export const severities = ['good', 'ok', 'warning', 'critical'] as const
export type Severity = (typeof severities)[number]

const mebibyte = 2 ** 20

/** Put upon the largest working set seen. */
const memoryMargin = 1.15
/** Put upon the limit at which a container was OOM-killed: what it wanted is unknown, only that it was more. */
const oomMargin = 1.25
/** Less than this is never recommended: start-up and the runtime itself need it. */
const floors: Record<Resource, number> = { cpu: 0.01, memory: 100_000_000 }

/** Differences from which a severity holds: cores and bytes. */
const thresholds: Record<Resource, readonly (readonly [Severity, number])[]> = {
  cpu: [
    ['critical', 0.5],
    ['warning', 0.25],
    ['ok', 0.1],
  ],
  memory: [
    ['critical', 500 * mebibyte],
    ['warning', 250 * mebibyte],
    ['ok', 100 * mebibyte],
  ],
}

/**
 * The CPU request: the busiest pod's 95th percentile, in whole millicores. There is no limit to go with it: a CPU limit slows
 * a container down while cores stand idle.
 * @param percentiles the 95th percentile of each pod, in cores; at least one
 */
export function cpuRequest(percentiles: readonly number[]): number {
  return Math.max(ceilTo(0.001, Math.max(...percentiles)), floors.cpu)
}

/**
 * The memory request, and the limit alike: more than every pod ever needed, in whole mebibytes.
 * @param peaks the largest working set of each pod, in bytes; at least one
 * @param oomKilledAt the largest limit at which one was OOM-killed; 0 when there was none
 */
export function memoryRequest(peaks: readonly number[], oomKilledAt = 0): number {
  return ceilTo(mebibyte, Math.max(Math.max(...peaks) * memoryMargin, oomKilledAt * oomMargin, floors.memory))
}

/** The severity of a difference between what is requested and what should be, whatever its sign. */
export function severityOf(resource: Resource, difference: number): Severity {
  return thresholds[resource].find(([, least]) => Math.abs(difference) >= least - tolerance[resource])?.[0] ?? 'good'
}

/** Up to a multiple of `unit`; a hair above one, as 0.1 + 0.2 is above 0.3, counts as the multiple itself. */
function ceilTo(unit: number, amount: number): number {
  const units = Math.ceil(amount / unit - 1e-6)
  return unit < 1 ? units / Math.round(1 / unit) : units * unit
}

/** What a difference of two decimal fractions may miss in binary. */
const tolerance: Record<Resource, number> = { cpu: 1e-9, memory: 0 }
