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
      title: incident.title,
      impact: assessment.impact,
      since: incident.since,
      cause: incident.causes[0] ?? '',
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
