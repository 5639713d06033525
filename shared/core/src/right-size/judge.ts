import { isEnough, type History } from './confidence.ts'
import { cpuRequest, memoryRequest, severities, severityOf, type Resource, type Severity } from './formulas.ts'

export const verdicts = [
  'under-provisioned',
  'over-provisioned',
  'no-request',
  'fine',
  'above-request',
  'too-little-history',
] as const
/** `above-request`: at this moment, which is a fact and no trend. */
export type Verdict = (typeof verdicts)[number]

/** What a container's spec grants of one resource; undefined where it says nothing. */
export interface Granted {
  request?: number | undefined
  limit?: number | undefined
}

/** What the pods of a container were seen to use. */
export interface Use extends History {
  /** For each pod the 95th percentile of cores, or the cores in use now; empty when unmeasured. */
  cpu: readonly number[]
  /** For each pod the largest working set in bytes, or the one now. */
  memory: readonly number[]
  /** Largest limit at which one was OOM-killed, 0 when it had none; undefined when none was. */
  oomKilledAt?: number | undefined
}

export interface ResourceAdvice {
  recommendedRequest: number | null
  recommendedLimit: number | null
  verdict: Verdict
  severity: Severity
}

/** From this share of its limit on, a working set's next peak gets the container killed. Ours: krr looks at differences only. */
const nearLimit = 0.9

/**
 * Judges the CPU of a container.
 * @param replicas its pods: a little too much in each of many is much
 */
export function judgeCpu({ request }: Granted, use: Use, replicas: number): ResourceAdvice {
  if (use.cpu.length === 0) return unknown
  if (!isEnough(use)) return momentary('cpu', request, Math.max(...use.cpu))
  const recommended = cpuRequest(use.cpu)
  return { ...compared('cpu', request, recommended, replicas), recommendedRequest: recommended, recommendedLimit: null }
}

/** Judges the memory of a container. An OOM kill, or a peak near the limit, speaks louder than any difference. */
export function judgeMemory({ request, limit }: Granted, use: Use, replicas: number): ResourceAdvice {
  const peak = use.memory.length === 0 ? undefined : Math.max(...use.memory)
  if (peak === undefined || !isEnough(use)) {
    const now = peak === undefined ? unknown : momentary('memory', request, peak)
    return isShort(limit, peak ?? 0, use.oomKilledAt) ? endangered(now) : now
  }
  const recommended = memoryRequest(use.memory, use.oomKilledAt)
  const advice = {
    ...compared('memory', request, recommended, replicas),
    recommendedRequest: recommended,
    recommendedLimit: recommended,
  }
  return isShort(limit, peak, use.oomKilledAt) ? endangered(advice) : advice
}

const unknown: ResourceAdvice = {
  recommendedRequest: null,
  recommendedLimit: null,
  verdict: 'too-little-history',
  severity: 'good',
}

/** What can be said of one moment: that more is used than was asked for, and no number to put in its place. */
function momentary(resource: Resource, request: number | undefined, used: number): ResourceAdvice {
  if (request === undefined || used <= request) return unknown
  return { ...unknown, verdict: 'above-request', severity: severityOf(resource, used - request) }
}

/** A request missing altogether is a warning, as in krr. */
function compared(
  resource: Resource,
  request: number | undefined,
  recommended: number,
  replicas: number,
): Pick<ResourceAdvice, 'verdict' | 'severity'> {
  if (request === undefined) return { verdict: 'no-request', severity: 'warning' }
  const difference = recommended - request
  const severity = severityOf(resource, difference)
  if (severityOf(resource, difference * Math.max(1, replicas)) === 'good') return { verdict: 'fine', severity }
  return { verdict: difference > 0 ? 'under-provisioned' : 'over-provisioned', severity }
}

/** A limit raised since the kill has answered it; without a limit it was the node that had no more. */
function isShort(limit: number | undefined, peak: number, oomKilledAt: number | undefined): boolean {
  if (oomKilledAt !== undefined && (limit === undefined || limit <= oomKilledAt)) return true
  return limit !== undefined && peak >= limit * nearLimit
}

function endangered(advice: ResourceAdvice): ResourceAdvice {
  const severity = severities.indexOf(advice.severity) < severities.indexOf('warning') ? 'warning' : advice.severity
  return { ...advice, verdict: 'under-provisioned', severity }
}
