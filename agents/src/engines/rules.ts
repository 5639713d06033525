import type { Assessment } from '@kubevigil/core/assessment'
import type { Incident } from '@kubevigil/core/incident'
import type { Engine } from './engine.ts'

/** The engine without a model: the facts in the words of the rules that found them. */
export const rulesEngine: Engine = {
  name: 'rules',
  compose({ cluster, incident, assessment, correlation }) {
    const suspect = correlation?.suspects[0]
    // A low score is a guess; a person woken at night should not read it as the cause.
    const named = suspect !== undefined && suspect.confidence !== 'low' ? suspect : undefined
    return {
      fingerprint: incident.fingerprint,
      channel: assessment.decision.channel ?? '',
      sev: assessment.sev,
      state: assessment.state,
      cluster,
      service: assessment.service ?? incident.root.name,
      title: titleOf(incident, assessment),
      impact: assessment.impact,
      since: incident.since,
      cause: causeOf(incident),
      evidence: incident.evidence,
      nextSteps: incident.nextSteps,
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
    }
  },
}

/** What a person woken by it reads first: the service and whether it still serves. */
function titleOf(incident: Incident, { service, downtimeSeconds }: Assessment): string {
  const down = downtimeSeconds > 0 || incident.affected.some(({ ready, desired }) => ready === 0 && (desired ?? 0) > 0)
  if (service === null) return incident.title
  return `${service} ${down ? 'is down' : 'is degraded'}`
}

/** The fault, then the likeliest cause of it: `Container app is OOM-killed (limit 256Mi). Likely: the limit is too low.` */
function causeOf({ title, causes }: Incident): string {
  const likely = causes[0] === undefined ? '' : ` Likely: ${causes[0]}.`
  return `${title}.${likely}`.slice(0, 500)
}
