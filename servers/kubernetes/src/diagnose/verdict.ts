import type { FailureEvent } from '@kubevigil/core/failure-events'
import type { Finding, ObjectRef } from '@kubevigil/core/incident'
import { covered, type Coverage } from '@kubevigil/core/observe'
import type { Reference } from './references.ts'

export interface Evidence {
  findings: readonly Finding[]
  conditions: readonly { type: string; status: string; reason: string }[]
  missing: readonly Reference[]
  failures: readonly FailureEvent[]
  coverage: readonly Coverage[]
}

export type Status = 'healthy' | 'degraded' | 'failing' | 'unknown'

/** What all evidence comes to. Nothing found where the pods or the API could not be read is unknown, never healthy. */
export function statusFrom({ findings, conditions, missing, failures, coverage }: Evidence): Status {
  if (findings.some((finding) => finding.severity === 'critical')) return 'failing'
  const lasting = failures.filter((failure) => failure.state === 'ongoing' && failure.severity !== 'info')
  const isDegraded =
    findings.some((finding) => finding.severity === 'warning') ||
    conditions.length > 0 ||
    missing.length > 0 ||
    lasting.length > 0
  if (isDegraded) return 'degraded'
  return covered({ coverage }, 'api') && covered({ coverage }, 'pods') ? 'healthy' : 'unknown'
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
  if (first !== undefined) return `${first.title}.${readiness}`
  if (status === 'unknown')
    return `${name}: it could not be looked at in full, so nothing can be said about its health.${readiness}`
  if (evidence.missing.length > 0)
    return `${name} names ${evidence.missing
      .map((reference) => `${reference.kind} ${reference.name}`)
      .slice(0, 3)
      .join(', ')}, which does not exist.${readiness}`
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
