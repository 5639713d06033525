import type { Assessed } from './assess.ts'
import type { Assessment } from './assessment.ts'
import { coveredBy, coverOf, rememberedCover, type Cover } from './decide/covers.ts'
import type { Handling } from './decide/handling.ts'
import { decideOne } from './decide/one.ts'
import { calmStorm } from './decide/storm.ts'
import type { Incident } from './incident.ts'
import { serviceOf, type Policy, type Sev, type ServiceCatalog } from './policy.ts'
import type { History, RememberedIncident } from './remember.ts'
import { toMillis } from './time.ts'

/** All that bears on whether anybody is told of the incidents of one look. */
export interface DecideInput {
  cluster: string
  incidents: readonly Incident[]
  assessed: readonly Assessed[]
  history: History
  /** What people have said of incidents, by fingerprint. */
  handlings: ReadonlyMap<string, Handling>
  /** Fingerprints of remembered incidents that are over in this look. */
  over: ReadonlySet<string>
  catalog: ServiceCatalog
  policy: Policy
}

/**
 * Decides of each incident of a look whether somebody is told now, in which form and where, when it is said again, and why.
 * One cause has one message: what follows from an incident that people know of is covered by it, and many incidents that start
 * together share a digest.
 * @returns the assessments with their decisions, gravest first
 */
export function decideAll(input: DecideInput, now: number): Assessment[] {
  const { cluster, history, handlings, over, catalog, policy } = input
  const incidents = new Map(input.incidents.map((incident) => [incident.fingerprint, incident]))
  const remembered = new Map(history.incidents.map((incident) => [incident.fingerprint, incident]))
  const covers: Cover[] = history.incidents
    .filter(({ fingerprint }) => !incidents.has(fingerprint))
    .flatMap((incident) => rememberedCover(incident, over.has(incident.fingerprint), now) ?? [])
  const first = new Set<string>()
  const decided = input.assessed
    .map((assessed) => ({ assessed, incident: incidents.get(assessed.fingerprint)! }))
    // A cause before what may follow from it: the graver, then the wider one.
    .sort((a, b) => a.assessed.sev.localeCompare(b.assessed.sev) || b.incident.members.count - a.incident.members.count)
    .map(({ assessed, incident }): Assessment => {
      const { fingerprint, sev } = assessed
      const { root } = incident
      const before = remembered.get(fingerprint)
      const decision = decideOne(
        {
          assessed,
          rule: incident.rule,
          remembered: before,
          handling: handlings.get(fingerprint),
          cover: coveredBy(incident, sev, covers),
          subject: { cluster, root, service: serviceOf(catalog, root)?.name },
        },
        policy,
        now,
      )
      const isKnown = assessed.told !== null || wasToldLately(before, sev, policy, now)
      if (decision.notify || (isKnown && decision.coveredBy === null)) covers.push(coverOf(incident, sev))
      if (decision.form === 'full' && assessed.told === null) first.add(fingerprint)
      return { ...assessed, decision }
    })
  return [...calmStorm(decided, first, policy)]
}

/** Whether people still have in mind what comes back: it was told whole within the time in which it is told in brief. */
function wasToldLately(before: RememberedIncident | undefined, sev: Sev, { cadence }: Policy, now: number): boolean {
  const whole = before?.whole ?? null
  return whole !== null && sev >= whole.sev && now - (toMillis(whole.at) ?? 0) < cadence.brief
}
