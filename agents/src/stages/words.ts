import type { Assessment } from '@kubevigil/core/assessment'
import type { Incident } from '@kubevigil/core/incident'
import type { Notification } from '@kubevigil/core/notification'
import type { CorrelationAnswer } from '../answers.ts'
import type { Remark } from '../engines/engine.ts'

export interface Facts {
  cluster: string
  incident: Incident
  assessment: Assessment
  correlation: CorrelationAnswer | undefined
  remark: Remark | undefined
  /** Incidents this one's message covers. */
  covers: number
}

/** What Slack is told of an incident: the facts in the words of the rules that found them, and beside them what a model made of them. */
export function toNotification({ cluster, incident, assessment, correlation, remark, covers }: Facts): Notification {
  const { decision } = assessment
  const suspect = correlation?.suspects[0]
  // A low score is a guess; a person woken at night should not read it as the cause.
  const named = suspect !== undefined && suspect.confidence !== 'low' ? suspect : undefined
  return {
    fingerprint: incident.fingerprint,
    channel: decision.channel ?? '',
    sev: assessment.sev,
    state: assessment.state,
    form: decision.form === 'update' || decision.form === 'escalation' ? decision.form : 'full',
    nextUpdate: decision.next,
    cluster,
    service: assessment.service ?? incident.root.name,
    title: titleOf(incident, assessment),
    impact: assessment.impact,
    since: incident.since,
    cause: causeOf(incident),
    evidence: incident.evidence,
    nextSteps: remark?.nextSteps ?? incident.nextSteps,
    rollback: named === undefined ? [] : (correlation?.rollback ?? []),
    change:
      named === undefined
        ? null
        : {
            repository: named.repository,
            sha: named.sha,
            url: named.url,
            title: named.title,
            confidence: named.confidence,
          },
    owners: assessment.owners,
    explanation: remark?.explanation ?? '',
    covers,
  }
}

/** What a person woken by it reads first: the service and whether it still serves. */
export function titleOf(incident: Incident, { service, downtimeSeconds }: Assessment): string {
  const down = downtimeSeconds > 0 || incident.affected.some(({ ready, desired }) => ready === 0 && (desired ?? 0) > 0)
  if (service === null) return incident.title
  return `${service} ${down ? 'is down' : 'is degraded'}`
}

/** The fault, then the likeliest cause of it: `Container app is OOM-killed (limit 256Mi). Likely: the limit is too low.` */
function causeOf({ title, causes }: Incident): string {
  const likely = causes[0] === undefined ? '' : ` Likely: ${causes[0]}.`
  return `${title}.${likely}`.slice(0, 500)
}
