import type { FailureEvent } from '@kubevigil/core/failure-events'
import type { Finding, ObjectRef, Severity } from '@kubevigil/core/incident'
import { covered, type Coverage } from '@kubevigil/core/observe'
import type { Reference } from './references.ts'

export interface Evidence {
  /** Worst first. */
  findings: readonly Finding[]
  related: readonly { severity: Severity }[]
  conditions: readonly { type: string; status: string; reason: string }[]
  missing: readonly Reference[]
  failures: readonly FailureEvent[]
  /** Scaled to nothing: what it names may well be gone. */
  isIdle: boolean
  coverage: readonly Coverage[]
}

export type Status = 'healthy' | 'progressing' | 'degraded' | 'failing' | 'unknown'

/** Kinds whose readiness the rules judge themselves: when they find nothing, not being ready yet is allowed. */
const judged = new Set(['Pod', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Namespace'])

/** What all evidence comes to. Nothing found where the pods or the API could not be read is unknown, never healthy. */
export function statusFrom(
  kind: string,
  { findings, related, conditions, missing, failures, isIdle, coverage }: Evidence,
): Status {
  if (findings.some((finding) => finding.severity === 'critical')) return 'failing'
  const lasting = failures.filter((failure) => failure.state === 'ongoing' && failure.severity !== 'info')
  const isDegraded =
    findings.some((finding) => finding.severity === 'warning') ||
    // A Service without endpoints is only an echo to the rules; whoever asks about it wants to know.
    (findings.length > 0 && related.some(({ severity }) => severity === 'critical')) ||
    (missing.length > 0 && !isIdle) ||
    lasting.some(({ category }) => category !== 'Probe')
  if (isDegraded) return 'degraded'
  const wasSeen = covered({ coverage }, 'api') && covered({ coverage }, 'pods')
  const hasEnded = conditions.some(({ reason }) => reason === 'PodFailed')
  if (conditions.length > 0 || lasting.length > 0)
    return judged.has(kind) && wasSeen && !hasEnded ? 'progressing' : 'degraded'
  return wasSeen ? 'healthy' : 'unknown'
}

/** The first sentence a person reads. */
export function summaryOf(
  ref: ObjectRef,
  status: Status,
  evidence: Evidence,
  pods: { total: number; ready: number } | null,
): string {
  const name = `${ref.kind} ${ref.namespace === '' ? '' : `${ref.namespace}/`}${ref.name}`
  // Pods of a task end; that they are not ready means nothing.
  const readiness =
    pods === null || pods.total === 0 || ref.kind === 'Job' || ref.kind === 'CronJob'
      ? ''
      : ` ${pods.ready} of ${pods.total} pods are ready.`
  const first = evidence.findings[0]
  const lasting = evidence.failures.find((failure) => failure.state === 'ongoing')
  if (first !== undefined) {
    const count = evidence.findings.length
    const many = ref.kind === 'Namespace' && count > 1 ? `${name}: ${count} findings, the worst: ` : ''
    return `${many}${first.title}.${readiness}`
  }
  if (status === 'unknown')
    return `${name}: it could not be looked at in full, so nothing can be said about its health.${readiness}`
  if (evidence.missing.length > 0 && !evidence.isIdle)
    return `${name} names ${evidence.missing
      .map((reference) => `${reference.kind} ${reference.name}`)
      .slice(0, 3)
      .join(', ')}, which does not exist.${readiness}`
  if (status === 'progressing')
    return `${name}: not ready yet, within the time its probes and deadlines allow.${readiness}`
  if (lasting !== undefined)
    return `${name}: ${lasting.reason}, ${lasting.count} times since ${lasting.sinceFirst || 'an unknown time'}.${readiness}`
  if (evidence.conditions.length > 0)
    return `${name}: ${evidence.conditions
      .map(({ type, status: is, reason }) => `${type} is ${is}${reason === '' ? '' : ` (${reason})`}`)
      .slice(0, 3)
      .join(', ')}.${readiness}`
  return `${name}: nothing is wrong with it now.${readiness}`
}

/** What to do next: what the findings say, then the missing objects, then the failures that last. At most eight steps. */
export function nextStepsOf(ref: ObjectRef, { findings, missing, failures }: Evidence): string[] {
  const namespace = ref.namespace === '' ? '' : `-n ${ref.namespace} `
  const steps = [
    ...missing.map(
      (reference) =>
        `Create ${reference.kind} ${reference.name} or correct its name in ${reference.from}: kubectl ${namespace}get ${reference.kind.toLowerCase()}`,
    ),
    ...findings.flatMap((finding) => finding.nextSteps),
    ...failures.filter((failure) => failure.state === 'ongoing').map((failure) => failure.action),
  ]
  return [...new Set(steps)].slice(0, 8)
}
