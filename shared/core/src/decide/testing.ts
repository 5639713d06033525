import type { Assessed } from '../assess.ts'
import type { Decision } from '../assessment.ts'
import { now, seedCatalog } from '../assess/testing.ts'
import { decideAll, type DecideInput } from '../decide.ts'
import type { Incident } from '../incident.ts'
import { Policy, type Sev } from '../policy.ts'
import { stateOf, type RememberedIncident } from '../remember.ts'
import type { Handling } from './handling.ts'

/** Test material for deciding: a policy of Berlin's hours, and one look at incidents whose SEV is given. */
export const berlin = Policy.parse({ businessHours: { timeZone: 'Europe/Berlin', holidays: ['2026-11-23'] } })

export interface Given {
  incident: Incident
  sev: Sev
  remembered?: RememberedIncident
  handling?: Handling
  /** What the assessment says besides. */
  rest?: Partial<Assessed>
}

export function assessed({ incident, sev, remembered, rest }: Given, at = now): Assessed {
  return {
    fingerprint: incident.fingerprint,
    state: stateOf(sev, remembered, at),
    sev,
    priority: 'P0',
    service: null,
    impact: '',
    owners: [],
    known: null,
    since: incident.since,
    downtimeSeconds: 0,
    toleranceSeconds: 0,
    raised: null,
    reasons: [],
    told: remembered?.resolvedAt === null ? remembered.told : null,
    ...rest,
  }
}

/** The decisions of one look, in the order of what is given. */
export function look(
  given: readonly Given[],
  { at = now, ...rest }: Partial<DecideInput> & { at?: number; others?: RememberedIncident[] } = {},
): Decision[] {
  const known = given.flatMap(({ remembered }) => remembered ?? [])
  const decided = decideAll(
    {
      cluster: 'home',
      incidents: given.map(({ incident }) => incident),
      assessed: given.map((one) => assessed(one, at)),
      history: { incidents: [...known, ...(rest.others ?? [])] },
      handlings: new Map(given.flatMap((one) => (one.handling ? [[one.incident.fingerprint, one.handling]] : []))),
      over: new Set(),
      catalog: seedCatalog,
      policy: berlin,
      ...rest,
    },
    at,
  )
  return given.map(({ incident }) => decided.find((one) => one.fingerprint === incident.fingerprint)!.decision)
}
