import type { Assessed } from './assess.ts'
import type { Decision } from './assessment.ts'
import { clip } from './budget.ts'
import { businessHours, describeHours } from './decide/business-hours.ts'
import { hushed, type Handling } from './decide/handling.ts'
import { refKey, type ObjectRef } from './incident.ts'
import type { Policy } from './policy.ts'
import type { History, RememberedIncident } from './remember.ts'

/**
 * Decides whether somebody is told now, where, and why. SEV-1 and SEV-2 are told at once, SEV-3 within business hours, SEV-4 and
 * known behaviour never; what has been told in this episode is told again only when it got worse.
 * Silences and acknowledgements of people come before all of it but the SEV, which they never lower.
 * @param root the object at fault: a fault that shows in another way on the same object is not told twice
 * @param handling what people have said of this incident; nothing when absent
 */
export function decide(
  assessed: Assessed,
  root: ObjectRef,
  history: History,
  policy: Policy,
  now: number,
  handling?: Handling,
): Decision {
  const { sev, state, known } = assessed
  if (known !== null) return silent(`Known behaviour (${known.kind}) is no incident`)
  if (sev === 'SEV-4') return silent('SEV-4 is recorded, never told')
  const hush = handling === undefined ? undefined : hushed(sev, handling, now)
  if (hush !== undefined) return silent(hush)

  const told = history.incidents.filter((incident) => incident.resolvedAt === null && incident.told !== null)
  const same = told.find((incident) => incident.fingerprint === assessed.fingerprint)
  if (same !== undefined && !isWorse(assessed, same))
    return silent(`${alreadyTold(same)}; ${state === 'improved' ? 'it has improved' : 'still ongoing'}`)
  // The cluster is at fault in many unlike ways; any other object has one message.
  const other =
    same === undefined && root.kind !== 'Cluster'
      ? told.find((incident) => refKey(incident.root) === refKey(root) && incident.told!.sev <= sev)
      : undefined
  if (other !== undefined)
    return silent(`${alreadyTold(other)} as "${clip(other.title, 200)}"; the same object shows it in another way now`)

  if (sev === 'SEV-3') {
    const hours = businessHours(policy.businessHours, now)
    if (!hours.open)
      return silent(`SEV-3 is told in business hours only (${describeHours(policy.businessHours)}): ${hours.next}`)
  }
  return { notify: true, channel: policy.channels[sev], reasons: [whyNow(assessed, same)] }
}

function silent(reason: string): Decision {
  return { notify: false, channel: null, reasons: [clip(reason, 400)] }
}

/** Worse than what was told, or worse than at the last look after it had improved. */
function isWorse({ sev, state }: Assessed, { told }: RememberedIncident): boolean {
  return sev < told!.sev || state === 'escalated'
}

function alreadyTold({ told }: RememberedIncident): string {
  const where = told!.channel === null ? '' : ` in ${told!.channel}`
  // What the outbox keeps has no id yet: it goes out by itself, and saying it again would make two of it.
  if (told!.ts === null) return `The message of ${told!.at} still waits to be sent`
  return `Already told at ${told!.at}${where}`
}

function whyNow({ sev, state }: Assessed, same: RememberedIncident | undefined): string {
  if (same !== undefined)
    return sev === same.told!.sev
      ? `It is ${sev} again after it had improved`
      : `It got worse: ${same.told!.sev} was told at ${same.told!.at}, now it is ${sev}`
  if (state === 'reopened') return `${sev} came back within a day of being resolved`
  return state === 'new' ? `${sev} is new` : `${sev} has not been told yet`
}
