import type { Decision, IncidentState } from '@kubevigil/core/assessment'
import type { Confidence } from '@kubevigil/core/change'
import type { ClusterStatus, ObjectRef } from '@kubevigil/core/incident'
import type { Coverage } from '@kubevigil/core/observe'
import type { Priority, Sev } from '@kubevigil/core/policy'
import type { CorrelationAnswer } from './answers.ts'
import type { Reading, Usage } from './engines/engine.ts'
import type { CycleFacts } from './stages/remember.ts'

/** What one cycle saw, decided and did: the form `--json` prints and memory keeps. */
export interface CycleReport {
  /** Unique name of the cycle, also the key under which memory records it once. */
  cycle: string
  /** Who read what changed. */
  engine: Reading['engine']
  /** Why it was this engine, or why it did nothing; empty when there is nothing to say. */
  engineNote: string
  /** Nothing was sent or remembered. */
  dryRun: boolean
  cluster: string
  startedAt: string
  durationMs: number
  status: ClusterStatus
  coverage: Coverage[]
  incidents: ReportedIncident[]
  /** What went wrong in the cycle itself, in sentences. */
  warnings: string[]
  /** What a model took; zeros when none was asked. */
  usage: Usage
}

export interface ReportedIncident {
  fingerprint: string
  sev: Sev
  priority: Priority
  service: string | null
  rule: string
  title: string
  root: ObjectRef
  since: string | null
  members: { count: number; examples: string[] }
  state: IncidentState
  known: { kind: string; note: string } | null
  /** What users notice, in their words. */
  impact: string
  /** Why this SEV, in order. */
  reasons: string[]
  correlation: Correlation | null
  /** What came of looking for a change: `none` only when every source answered; null: it was not looked for, or failed. */
  changeVerdict: CorrelationAnswer['verdict'] | null
  decision: Decision
  /** A model's reading of the evidence; empty without one. */
  explanation: string
  /** What the model wrote that the evidence does not bear; those sentences are left out of the explanation. */
  flagged: string[]
  notification: { state: string; channel: string | null; ts: string | null } | null
  evidence: string[]
  causes: string[]
  nextSteps: string[]
  rollback: string[]
}

export interface Correlation {
  repository: string
  sha: string
  url: string
  title: string
  score: number
  confidence: Confidence
  reasons: string[]
}

/** Puts what the stages found into the report, the gravest incident first. */
export function composeReport(
  run: Pick<CycleReport, 'cycle' | 'dryRun' | 'startedAt' | 'durationMs'>,
  { health, correlated, assessed, reading, notified }: CycleFacts,
): CycleReport {
  const assessments = new Map(assessed.assessments.map((assessment) => [assessment.fingerprint, assessment]))
  const open = health.incidents.flatMap((incident): ReportedIncident[] => {
    const assessment = assessments.get(incident.fingerprint)
    if (assessment === undefined) return []
    const answer = correlated.answers.get(incident.fingerprint)
    const suspect = answer?.suspects[0]
    const delivery = notified.deliveries.get(incident.fingerprint)
    const remark = reading.remarks.get(incident.fingerprint)
    const standing =
      assessment.told === null
        ? null
        : {
            state: assessment.told.ts === null ? 'queued' : 'ongoing',
            channel: assessment.told.channel,
            ts: assessment.told.ts,
          }
    return [
      {
        fingerprint: incident.fingerprint,
        sev: assessment.sev,
        priority: assessment.priority,
        service: assessment.service,
        rule: incident.rule,
        title: incident.title,
        root: incident.root,
        since: incident.since,
        members: incident.members,
        state: assessment.state,
        known: assessment.known,
        impact: assessment.impact,
        reasons: assessment.reasons,
        correlation:
          suspect === undefined
            ? null
            : {
                repository: suspect.repository,
                sha: suspect.sha,
                url: suspect.url,
                title: suspect.title,
                score: suspect.score,
                confidence: suspect.confidence,
                reasons: suspect.reasons,
              },
        changeVerdict: answer?.verdict ?? null,
        decision: assessment.decision,
        explanation: remark?.explanation ?? '',
        flagged: remark?.flagged ?? [],
        notification:
          delivery === undefined ? standing : { state: delivery.state, channel: delivery.channel, ts: delivery.ts },
        evidence: incident.evidence,
        causes: incident.causes,
        nextSteps: remark?.nextSteps ?? incident.nextSteps,
        rollback: answer?.rollback ?? [],
      },
    ]
  })
  const resolved = assessed.resolved.map((incident): ReportedIncident => {
    const delivery = notified.deliveries.get(incident.fingerprint)
    return {
      ...incident,
      members: { count: 0, examples: [] },
      state: 'resolved',
      known: null,
      impact: '',
      reasons: [],
      correlation: null,
      changeVerdict: null,
      decision: {
        notify: false,
        form: null,
        next: null,
        coveredBy: null,
        channel: delivery?.channel ?? null,
        reasons: ['The cluster was read whole and no longer shows the fault.'],
      },
      explanation: '',
      flagged: [],
      notification:
        delivery === undefined ? null : { state: delivery.state, channel: delivery.channel, ts: delivery.ts },
      evidence: [],
      causes: [],
      nextSteps: [],
      rollback: [],
    }
  })
  return {
    ...run,
    engine: reading.engine,
    engineNote: reading.note,
    cluster: health.cluster,
    status: health.status,
    coverage: [...health.coverage, correlated.coverage],
    incidents: [...open, ...resolved].toSorted((a, b) => a.sev.localeCompare(b.sev)),
    warnings: [...assessed.warnings, ...notified.failures],
    usage: reading.usage,
  }
}
