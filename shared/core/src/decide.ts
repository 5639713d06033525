import type { Assessed } from './assess.ts'
import type { Decision } from './assessment.ts'
import { clip } from './budget.ts'
import { refKey, type ObjectRef } from './incident.ts'
import type { Policy } from './policy.ts'
import type { History, RememberedIncident } from './remember.ts'
import { day, toInstant } from './time.ts'

/**
 * Decides whether somebody is told now, where, and why. SEV-1 and SEV-2 are told at once, SEV-3 within business hours, SEV-4 and
 * known behaviour never; what has been told in this episode is told again only when it got worse.
 * @param root the object at fault: a fault that changes its face on one object is not told twice
 */
export function decide(
  assessed: Assessed & { root?: ObjectRef },
  history: History,
  policy: Policy,
  now: number,
): Decision {
  const silent = (...reasons: string[]): Decision => ({
    notify: false,
    channel: null,
    reasons: reasons.map((reason) => clip(reason, 400)),
  })
  const { sev, state, known, root } = assessed
  if (known !== null) return silent(`Known behaviour (${known.kind}) is no incident`)
  if (sev === 'SEV-4') return silent('SEV-4 is recorded, never told')

  const open = history.incidents.filter((incident) => incident.resolvedAt === null && incident.told !== null)
  const same = open.find((incident) => incident.fingerprint === assessed.fingerprint)
  if (same !== undefined && same.told!.sev <= sev && state !== 'escalated')
    return silent(`${alreadyTold(same)}; ${state === 'improved' ? 'it has improved' : 'still ongoing'}`)
  const face =
    root === undefined || root.kind === 'Cluster'
      ? undefined
      : open.find((incident) => refKey(incident.root) === refKey(root))
  if (same === undefined && face !== undefined && face.told!.sev <= sev)
    return silent(`${alreadyTold(face)} as "${clip(face.title, 200)}"; the same object shows it in another way now`)

  const channel = policy.channels[sev]
  if (sev === 'SEV-3') {
    const hours = businessHours(policy.businessHours, now)
    if (!hours.open)
      return silent(`SEV-3 is told in business hours only (${describeHours(policy.businessHours)}): ${hours.next}`)
  }
  return { notify: true, channel, reasons: [clip(whyNow(assessed, same), 400)] }
}

function alreadyTold({ told }: RememberedIncident): string {
  return `Already told at ${told!.at}${told!.channel === null ? '' : ` in ${told!.channel}`}`
}

function whyNow({ sev, state }: Assessed, same: RememberedIncident | undefined): string {
  if (same !== undefined) return `It got worse: ${same.told!.sev} was told at ${same.told!.at}, now it is ${sev}`
  if (state === 'reopened') return `${sev} came back within a day of being resolved`
  if (state === 'new') return `${sev} is new`
  return `${sev} has not been told yet`
}

type Hours = Policy['businessHours']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/**
 * Whether business hours are on, in the operator's time zone, and else when they begin. A window whose end is not after its
 * begin runs past midnight and belongs to the day it begins on.
 */
export function businessHours(hours: Hours, now: number): { open: boolean; next: string } {
  const local = localTime(hours.timeZone, now)
  const isWorkday = (date: number): boolean =>
    hours.days.includes(weekdays[new Date(date).getUTCDay()]!) && !hours.holidays.includes(isoDate(date))
  const overnight = hours.to <= hours.from
  const today = isWorkday(local.date) && local.clock >= hours.from && (overnight || local.clock < hours.to)
  const sinceYesterday = overnight && isWorkday(local.date - day) && local.clock < hours.to
  if (today || sinceYesterday) return { open: true, next: '' }
  for (let ahead = 0; ahead <= 60; ahead++) {
    const date = local.date + ahead * day
    if (!isWorkday(date) || (ahead === 0 && local.clock >= hours.from)) continue
    const name = weekdays[new Date(date).getUTCDay()]!
    return {
      open: false,
      next: `it will be told from ${name} ${isoDate(date)} ${hours.from} ${hours.timeZone} on if it lasts`,
    }
  }
  return { open: false, next: 'the policy names no business day in the next 60' }
}

function describeHours({ days, from, to, timeZone }: Hours): string {
  return `${days.join(', ')} ${from} to ${to} ${timeZone}`
}

/** The civil date (as midnight UTC) and wall clock (HH:MM) of an instant in a time zone. */
function localTime(timeZone: string, now: number): { date: number; clock: string } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]))
  return {
    date: Date.parse(`${parts['year']}-${parts['month']}-${parts['day']}T00:00:00Z`),
    clock: `${parts['hour']}:${parts['minute']}`,
  }
}

function isoDate(date: number): string {
  return toInstant(date).slice(0, 10)
}
