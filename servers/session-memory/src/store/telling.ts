import type { Assessment } from '@kubevigil/core/assessment'
import type { Sev } from '@kubevigil/core/policy'
import type { RememberedIncident, Told } from '@kubevigil/core/remember'

/** A message that went out, or waits to, about an incident in one cycle. */
export type Message = Pick<Told, 'at' | 'channel' | 'ts' | 'sev'>

/** What is remembered of what people were told. */
export type Telling = Pick<RememberedIncident, 'told' | 'whole'>

/** The columns of an incident's row that hold it. */
export interface TellingRow {
  told_at: string | null
  told_channel: string | null
  told_ts: string | null
  told_sev: Sev | null
  telling: string | null
}

type Rest = Pick<Told, 'since' | 'escalatedAt'> & Pick<RememberedIncident, 'whole'>

/** Reads what people were told. A row of before the column was there had a message of its own. */
export function readTelling({ told_at, told_channel, told_ts, told_sev, telling }: TellingRow): Telling {
  const rest = telling === null ? undefined : (JSON.parse(telling) as Rest)
  if (told_at === null || told_sev === null) return { told: null, whole: rest?.whole ?? null }
  const { since, escalatedAt, whole } = rest ?? {
    since: told_at,
    escalatedAt: null,
    whole: { at: told_at, sev: told_sev, form: 'full' },
  }
  return { told: { at: told_at, channel: told_channel, ts: told_ts, sev: told_sev, since, escalatedAt }, whole }
}

export function writeTelling({ told, whole }: Telling): TellingRow {
  const rest: Rest = { since: told?.since ?? '', escalatedAt: told?.escalatedAt ?? null, whole }
  return {
    told_at: told?.at ?? null,
    told_channel: told?.channel ?? null,
    told_ts: told?.ts ?? null,
    told_sev: told?.sev ?? null,
    telling: JSON.stringify(rest),
  }
}

/**
 * What people know after a cycle. An episode that begins counts anew, unless it is one more of what flaps; the last whole message
 * outlives its episode, because what comes back soon after it is told in brief.
 * @param message what this cycle said; null when it said nothing
 */
export function tellingAfter(
  before: Telling | undefined,
  { decision, state }: Pick<Assessment, 'decision' | 'state'>,
  message: Message | null,
  begins: boolean,
  seenAt: string,
): Telling {
  const standing = begins && state !== 'flapping' ? null : (before?.told ?? null)
  const whole = state === 'new' ? null : (before?.whole ?? null)
  if (message === null) return { told: standing, whole }
  const { form, notify } = decision
  // A message that already said this counts as said, or it would be due at every look.
  const at = notify ? seenAt : message.at
  const same = standing !== null && standing.sev === message.sev
  // Who escalation goes to may read elsewhere; the message that stands stays where it is.
  const { channel, ts } = form === 'escalation' && standing !== null ? standing : message
  const told: Told = {
    at,
    channel,
    ts,
    sev: message.sev,
    since: same ? standing.since : at,
    escalatedAt: form === 'escalation' ? at : same ? standing.escalatedAt : null,
  }
  if (form === 'digest' || form === 'full') return { told, whole: { at, sev: message.sev, form } }
  return { told, whole: whole ?? { at, sev: message.sev, form: 'full' } }
}
