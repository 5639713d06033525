import type { Assessed } from '../assess.ts'
import type { Decision } from '../assessment.ts'
import { clip } from '../budget.ts'
import type { Policy, Sev } from '../policy.ts'
import type { RememberedIncident, Told } from '../remember.ts'
import { humanSpan, minute, toInstant, toMillis } from '../time.ts'
import { businessHours, describeHours } from './business-hours.ts'
import { comeBack, staysDown } from './coming-back.ts'
import { settling, type coveredBy } from './covers.ts'
import { hushed, type Handling } from './handling.ts'
import { nextStep } from './lasting.ts'
import { windowOver, type WindowSubject } from './maintenance.ts'

/** One incident with what bears on telling of it. */
export interface Case {
  assessed: Assessed
  /** Code of the root finding, where it is known. */
  rule: string | undefined
  remembered: RememberedIncident | undefined
  handling: Handling | undefined
  cover: ReturnType<typeof coveredBy>
  subject: WindowSubject
}

/** A reboot takes minutes; Kubernetes itself waits five before it moves pods away (default tolerationSeconds of not-ready and unreachable). */
const rebootTakes = 5 * minute

/**
 * Whether somebody is told of one incident now. What stops all telling is asked first: known behaviour, SEV-4, people, maintenance,
 * another message that covers it. Then what was told before, and last when and how news is told.
 */
export function decideOne(one: Case, policy: Policy, now: number): Decision {
  return stopped(one, policy, now) ?? lasting(one, policy, now) ?? news(one, policy, now)
}

function stopped({ assessed, handling, cover, subject }: Case, policy: Policy, now: number): Decision | undefined {
  const { sev, known } = assessed
  if (known !== null) return silent(`Known behaviour (${known.kind}) is no incident`)
  if (sev === 'SEV-4') return silent('SEV-4 is recorded, never told')
  const hush = handling === undefined ? undefined : hushed(sev, handling, now)
  if (hush !== undefined) return silent(hush.reason, toMillis(hush.until))
  const window = windowOver(policy.maintenance, subject, now)
  if (window !== undefined)
    return silent(`Maintenance until ${toInstant(window.until)}: ${window.reason}`, window.until)
  if (cover === undefined) return undefined
  const title = clip(cover.title, 200)
  const covered = { coveredBy: cover.fingerprint }
  if (cover.endedAt !== null)
    return {
      ...silent(
        `"${title}", which covered it, is over; told if it outlasts that by ${humanSpan(settling)}`,
        cover.endedAt + settling,
      ),
      ...covered,
    }
  const how = {
    same: 'the same object shows it in another way now',
    part: 'it hits this one, too',
    node: 'all its faulty pods sit on that node',
  }[cover.relation]
  return { ...silent(`Covered by the message about "${title}" (${cover.sev}): ${how}`), ...covered }
}

/** About what was told: worse, back again, or lasting. Undefined when it is news. */
function lasting({ assessed, remembered }: Case, policy: Policy, now: number): Decision | undefined {
  const { sev, state } = assessed
  if (remembered === undefined || state === 'new') return undefined
  const { told, whole } = remembered
  const worse = whole !== null && sev < whole.sev
  const brief = whole !== null && !worse && now - (toMillis(whole.at) ?? 0) < policy.cadence.brief
  const own = whole?.form === 'full'
  const here = channelOf(sev, policy)
  const again = nextUpdate(sev, policy, now)
  const update = (why: string, next = again): Decision => tell('update', told?.channel ?? here, why, next)
  const full = (why: string): Decision => tell('full', here, why, again)

  const isUntold = told === null && brief && own && sev !== 'SEV-3'
  if (state === 'flapping' && !staysDown(remembered) && (told !== null || isUntold)) {
    if (worse) return full(worseThan(whole, sev))
    if (told !== null && (remembered.flapping || !own || sev === 'SEV-3'))
      return silent(`${saidAt(told)}; it flaps, so its coming and going is not told`)
    return update('It comes and goes: it flaps. Quiet from here until it calms down, stays or gets worse', null)
  }
  if (told === null || remembered.resolvedAt !== null) {
    const back = brief ? comeBack(sev, remembered, whole, policy, now) : undefined
    return back?.isTold === true ? update(back.why) : back && silent(back.why, back.next)
  }
  if (worse) return full(worseThan(whole, sev))
  if (state === 'escalated' && sev < told.sev) {
    const why = `It is ${sev} again after it had improved`
    return brief && own ? update(why) : full(why)
  }
  const step = nextStep(sev, told, whole, policy, now)
  if (step === undefined || step.at > now)
    return silent(`${saidAt(told)}; ${state === 'improved' ? 'it has improved' : 'still ongoing'}`, step?.at)
  if (step.form === 'escalation')
    return tell('escalation', policy.escalation.channel ?? policy.channels['SEV-1'], step.why, again)
  return step.form === 'update' ? update(step.why) : full(step.why)
}

function news({ assessed, rule }: Case, policy: Policy, now: number): Decision {
  const { sev, state, since } = assessed
  const onset = toMillis(since)
  if (rule === 'NODE_NOT_READY' && sev !== 'SEV-1' && onset !== undefined && now - onset < rebootTakes)
    return silent(`A node may be rebooting: told when it has lasted ${humanSpan(rebootTakes)}`, onset + rebootTakes)
  const why =
    state === 'reopened'
      ? `${sev} came back within a day of being resolved`
      : `${sev} ${state === 'new' ? 'is new' : 'has not been told yet'}`
  const channel = channelOf(sev, policy)
  if (sev !== 'SEV-3') return tell('full', channel, why, nextUpdate(sev, policy, now))
  const hours = businessHours(policy.businessHours, now)
  if (hours.open) return tell('digest', channel, why, null)
  return silent(
    `SEV-3 is told in business hours only (${describeHours(policy.businessHours)}): ${hours.next}`,
    hours.begin,
  )
}

function tell(form: Decision['form'], channel: string, why: string, next: number | null): Decision {
  return { notify: true, form, channel, next: instant(next), coveredBy: null, reasons: [clip(why, 400)] }
}

function silent(reason: string, next?: number | null): Decision {
  return {
    notify: false,
    form: null,
    channel: null,
    next: instant(next ?? null),
    coveredBy: null,
    reasons: [clip(reason, 400)],
  }
}

function instant(millis: number | null): string | null {
  return millis === null ? null : toInstant(millis)
}

function channelOf(sev: Sev, { channels }: Policy): string {
  return sev === 'SEV-1' || sev === 'SEV-2' ? channels[sev] : channels['SEV-3']
}

/** When the next update is due after something was said now; null for what has none. */
function nextUpdate(sev: Sev, { cadence }: Policy, now: number): number | null {
  return sev === 'SEV-1' || sev === 'SEV-2' ? now + cadence[sev] : null
}

function worseThan({ sev: before, at }: { sev: Sev; at: string }, sev: Sev): string {
  return `It got worse: ${before} was told at ${at}, now it is ${sev}`
}

function saidAt({ at, channel, ts }: Told): string {
  const where = channel === null ? '' : ` in ${channel}`
  // What the outbox keeps has no id yet: it goes out by itself, and saying it again would make two of it.
  if (ts === null) return `The message of ${at} still waits to be sent`
  return `Already told at ${at}${where}`
}
