import type { Policy, Sev } from '../policy.ts'
import type { RememberedIncident } from '../remember.ts'
import { humanSpan, minute, toMillis } from '../time.ts'
import { settling } from './covers.ts'

/** What comes back this soon after it was over may be coming and going. */
const soon = 30 * minute
/** Looks in a row that saw it before this one: what flaps and is seen in all of them no longer comes and goes. */
const looksInARow = 4

/** Whether an incident that comes back is told in brief now, or else from when on. */
interface ComingBack {
  isTold: boolean
  why: string
  /** Milliseconds since the epoch. */
  next?: number
}

/**
 * What is said of an incident that is back soon after its last whole message, or was and nobody has been told. What was over for
 * minutes only is told when it lasts, as Alertmanager waits its group_interval with what a told group does; SEV-3 wakes nobody.
 * @returns undefined when a digest told it and it matters enough for a message of its own
 */
export function comeBack(
  sev: Sev,
  { resolvedAt, openedAt }: RememberedIncident,
  whole: NonNullable<RememberedIncident['whole']>,
  { cadence }: Policy,
  now: number,
): ComingBack | undefined {
  const toldAt = toMillis(whole.at) ?? 0
  if (sev === 'SEV-3')
    return { isTold: false, why: `It came back; it was told at ${whole.at}`, next: toldAt + cadence.brief }
  if (whole.form !== 'full') return undefined
  const ended = toMillis(resolvedAt)
  // Once it is open again, only its being untold says that it came back soon.
  const began = ended === undefined ? (toMillis(openedAt) ?? now) : now
  if (began + settling > now && (ended === undefined || now - ended < soon)) {
    const why = `It came back within ${humanSpan(soon)} of being over; told if it lasts ${humanSpan(settling)}`
    return { isTold: false, why, next: began + settling }
  }
  const why = `${sev} came back; the whole message of ${whole.at} is less than ${humanSpan(cadence.brief)} old`
  return { isTold: true, why }
}

/** Whether something that flaps has been there in every one of the last looks: it may have come to stay, and is told as what lasts. */
export function staysDown({ looks }: RememberedIncident): boolean {
  return looks.endsWith('1'.repeat(looksInARow))
}
