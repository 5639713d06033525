import { confidenceOf, type Confidence } from './right-size/confidence.ts'
import { severities, type Severity } from './right-size/formulas.ts'
import { judgeCpu, judgeMemory, type Granted, type ResourceAdvice, type Use } from './right-size/judge.ts'
import { monthlyPrice } from './right-size/prices.ts'

export { isEnough, leastHours, leastPoints, type Confidence } from './right-size/confidence.ts'
export { severities, type Resource } from './right-size/formulas.ts'
export { verdicts, type Granted, type ResourceAdvice, type Use, type Verdict } from './right-size/judge.ts'
export { monthHours, prices } from './right-size/prices.ts'

/** One container of a workload: what it is granted, what its pods were seen to use. */
export interface Sizing {
  cpu: Granted
  memory: Granted
  use: Use
  /** Pods that request this. */
  replicas: number
  /** Those of them that hold it on a node all month: a pending pod holds nothing, a Job's pod not for long. */
  paid: number
}

export interface Advice {
  cpu: ResourceAdvice
  memory: ResourceAdvice
  /** The worse of both. */
  severity: Severity
  /** Dollars that the recommended requests would save over all pods; negative when they cost more; 0 where nothing is recommended. */
  savesPerMonth: number
  confidence: Confidence
}

/** Judges one container. The same input gives the same advice: there is no clock and no state in it. */
export function rightSize({ cpu, memory, use, replicas, paid }: Sizing): Advice {
  const [forCpu, forMemory] = [judgeCpu(cpu, use, replicas), judgeMemory(memory, use, replicas)]
  return {
    cpu: forCpu,
    memory: forMemory,
    severity: severities[Math.max(...[forCpu, forMemory].map(({ severity }) => severities.indexOf(severity)))]!,
    savesPerMonth: monthlyPrice(freed(cpu, forCpu) * paid, freed(memory, forMemory) * paid) + 0,
    confidence: confidenceOf(use),
  }
}

/** Less requested, per pod. Who requests nothing holds nothing: naming it costs no node. */
function freed({ request }: Granted, { recommendedRequest, verdict }: ResourceAdvice): number {
  if (request === undefined || recommendedRequest === null || verdict === 'fine') return 0
  return request - recommendedRequest
}

/**
 * Orders advice by what matters: memory that is too little kills, so it comes first, the worst first; then whatever moves the most money,
 * in either direction; then what is above its request just now; last what is fine or unknown.
 */
export function byImportance(a: Advice, b: Advice): number {
  return (
    rank(a) - rank(b) ||
    (rank(a) === 0 ? severities.indexOf(b.severity) - severities.indexOf(a.severity) : 0) ||
    Math.abs(b.savesPerMonth) - Math.abs(a.savesPerMonth) ||
    severities.indexOf(b.severity) - severities.indexOf(a.severity)
  )
}

function rank({ cpu, memory }: Advice): number {
  if (memory.verdict === 'under-provisioned') return 0
  const either = [cpu.verdict, memory.verdict]
  if (either.some((verdict) => !quiet.has(verdict))) return 1
  if (either.includes('above-request')) return 2
  return either.includes('fine') ? 3 : 4
}

const quiet = new Set<string>(['fine', 'above-request', 'too-little-history'])
