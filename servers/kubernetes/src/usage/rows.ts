import { formatBytes, formatCores } from '@kubevigil/core/quantity'
import { z } from 'zod'
import type { PastDay as Known } from '../prometheus/past-day.ts'

/** One resource of a node or pod, formatted; percentages are whole numbers. */
export const NodeResource = z.strictObject({
  capacity: z.string(),
  allocatable: z.string(),
  requested: z.string().nullable().describe('Sum of the requests of its pods; null when they could not be read'),
  requestedPercent: z.int().nullable().describe('Of allocatable'),
  usage: z.string().nullable().describe('null without metrics'),
  usagePercent: z.int().nullable().describe('Of allocatable'),
})
export type NodeResource = z.output<typeof NodeResource>

export const PodResource = z.strictObject({
  request: z.string().nullable().describe('null when not set'),
  limit: z.string().nullable(),
  usage: z.string().nullable().describe('null without metrics'),
  percentOfRequest: z.int().nullable(),
  percentOfLimit: z.int().nullable(),
})
export type PodResource = z.output<typeof PodResource>

/** The last day, from Prometheus. */
export const PastDay = z.strictObject({
  cpuPeak: z.string().nullable(),
  memoryPeak: z.string().nullable(),
  memoryPeakPercent: z.int().nullable().describe('Of the limit; of allocatable for a node'),
  throttledPercent: z.int().nullable().describe('Of the periods, the worst container; null for nodes'),
  restarts: z.int().nullable(),
})
export type PastDay = z.output<typeof PastDay>

export type Measured = 'cpu' | 'memory'

export const format: Record<Measured, (amount: number) => string> = { cpu: formatCores, memory: formatBytes }

/** A share in whole percent; null when either side is unknown or there is nothing to compare with. */
export function percent(part: number | undefined, whole: number | undefined): number | null {
  return part === undefined || whole === undefined || whole <= 0 ? null : Math.round((part / whole) * 100)
}

/** @param memory what the memory peak is compared with, in bytes */
export function pastDay(known: Known | undefined, memory: number | undefined): PastDay | null {
  if (known === undefined) return null
  const { cpuPeak, memoryPeak, throttled, restarts } = known
  return {
    cpuPeak: cpuPeak === undefined ? null : formatCores(cpuPeak),
    memoryPeak: memoryPeak === undefined ? null : formatBytes(memoryPeak),
    memoryPeakPercent: percent(memoryPeak, memory),
    throttledPercent: percent(throttled, 1),
    // Prometheus extrapolates an increase to the edges of its range: restarts come as fractions.
    restarts: restarts === undefined ? null : Math.round(restarts),
  }
}

/** What a pod or container asks for and uses of one resource. */
export function podResource(
  resource: Measured,
  request: number | undefined,
  limit: number | undefined,
  usage: number | undefined,
): PodResource {
  const show = (amount: number | undefined): string | null => (amount === undefined ? null : format[resource](amount))
  return {
    request: show(request),
    limit: show(limit),
    usage: show(usage),
    percentOfRequest: percent(usage, request),
    percentOfLimit: percent(usage, limit),
  }
}
