import { formatBytes, formatCores } from '@kubevigil/core/quantity'
import {
  isEnough,
  severities,
  verdicts,
  type Advice,
  type Granted,
  type Resource,
  type ResourceAdvice,
  type Use,
} from '@kubevigil/core/right-size'
import { z } from 'zod'
import { format } from '../usage/rows.ts'
import type { SizedContainer, Workload } from './workloads.ts'

const ResourceRow = z.strictObject({
  request: z.string().nullable().describe('null when not set'),
  limit: z.string().nullable(),
  recommendedRequest: z.string().nullable().describe('null when too little is known'),
  recommendedLimit: z.string().nullable().describe('null: better without, or too little is known'),
  verdict: z
    .enum(verdicts)
    .describe('above-request: at this moment only, no trend. fine: no difference that matters over all replicas'),
})

export const Recommendation = z.strictObject({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  container: z.string(),
  cpu: ResourceRow,
  memory: ResourceRow,
  replicas: z.int(),
  severity: z.enum(severities).describe('By the difference in one replica, as krr has it'),
  savesPerMonth: z.number().describe('Over all replicas on nodes; negative: it costs more; 0 for Jobs'),
  confidence: z.enum(['none', 'low', 'medium', 'high']).describe('By days of history'),
  basis: z.string().describe('The figures behind it'),
})
export type Recommendation = z.output<typeof Recommendation>

/** One row of the answer. */
export function rowOf(workload: Workload, container: SizedContainer, use: Use, advice: Advice): Recommendation {
  return {
    ...workload.ref,
    container: container.name,
    cpu: resourceRow('cpu', container.cpu, advice.cpu),
    memory: resourceRow('memory', container.memory, advice.memory),
    replicas: workload.pods.size,
    severity: advice.severity,
    savesPerMonth: advice.savesPerMonth,
    confidence: advice.confidence,
    basis: basisOf(use),
  }
}

function resourceRow(resource: Resource, { request, limit }: Granted, advice: ResourceAdvice) {
  return {
    request: request === undefined ? null : format[resource](request),
    limit: limit === undefined ? null : format[resource](limit),
    recommendedRequest: exact(resource, advice.recommendedRequest),
    recommendedLimit: exact(resource, advice.recommendedLimit),
    verdict: advice.verdict,
  }
}

/** A recommendation is copied into a manifest: whole mebibytes, where a glance would take 1070Mi for 1Gi. */
function exact(resource: Resource, amount: number | null): string | null {
  if (amount === null) return null
  return resource === 'cpu' ? formatCores(amount) : `${Math.ceil(amount / 2 ** 20)}Mi`
}

function basisOf(use: Use): string {
  const [cpu, memory] = [use.cpu, use.memory].map((each) => (each.length === 0 ? undefined : Math.max(...each)))
  const isPast = use.hours > 0
  const pods = Math.max(use.cpu.length, use.memory.length)
  return [
    cpu === undefined ? 'CPU not measured' : `${isPast ? 'p95' : 'now'} ${formatCores(cpu)} CPU`,
    memory === undefined ? 'memory not measured' : `${isPast ? 'peak' : 'now'} ${formatBytes(memory)} memory`,
    ...(pods > 1 ? [`the highest of ${pods} pods`] : []),
    ...(isPast ? [`${use.hours} h, ${use.points} samples${isEnough(use) ? '' : ': too few'}`] : []),
    ...(use.oomKilledAt === undefined
      ? []
      : [use.oomKilledAt === 0 ? 'OOM-killed without a limit' : `OOM-killed at ${formatBytes(use.oomKilledAt)}`]),
  ].join(', ')
}
