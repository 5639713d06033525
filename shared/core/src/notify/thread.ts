import type { Notification } from '../notification.ts'
import { callOf, mostEvidence, subject, suspect } from '../notify.ts'
import { humanSpan } from '../time.ts'
import { limits, section, type Message } from './blocks.ts'
import { bullets, names } from './lists.ts'
import { clean, escapeWithin, line, meantInstant, slackDate, slackTime } from './text.ts'

const sevOrder = ['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4']

/** Whether an incident got worse from one notification to the next; such a reply is shown in the channel too. */
export function isWorse(before: Notification, after: Notification): boolean {
  return sevOrder.indexOf(after.sev) < sevOrder.indexOf(before.sev)
}

/**
 * What to say in the thread when the facts of an open incident changed.
 * @returns undefined when only numbers in the evidence moved, or what nobody needs telling: the message above is edited anyway
 */
export function renderChanges(before: Notification, after: Notification): Message | undefined {
  const lines = changes(before, after)
  return lines.length === 0 ? undefined : reply(after, lines, isWorse(before, after))
}

/**
 * The brief word that an incident lasts: what is so, for how long, when it is told again; and what changed, if anything did.
 * Told whole again it calls people as the first time; an incident that comes and goes says that instead.
 */
export function renderUpdate(before: Notification, after: Notification, now: number): Message {
  const what = line(subject(after), 400)
  const said =
    after.state === 'flapping'
      ? `*Comes and goes* ${after.sev}: ${what}. No more is said here until it stops or gets worse.`
      : `*Still ${after.sev}*${lasting(after, now)}: ${what}.${latest(after)}${next(after, now)}`
  return reply(after, [said, ...changes(before, after)], after.form === 'full' || isWorse(before, after))
}

/**
 * The word, for the whole channel, that nobody has taken an incident in time.
 * @param home the channel of the incident's own message, as people know it, when this is said in another one
 */
export function renderEscalation(before: Notification, after: Notification, now: number, home?: string): Message {
  const asked = `*Nobody has acknowledged this* ${after.sev}${lasting(after, now)}: ${line(subject(after), 400)}.`
  const place = home === undefined ? 'here' : `in ${line(home, 80)}, where its message is`
  const take = `Who takes it? Say so ${place}, and have it acknowledged.${next(after, now)}`
  return reply(after, [asked, take, ...changes(before, after)], true)
}

/**
 * What the message above has no room for, first in the thread: all the evidence, and a model's reading of it, shown as such.
 * @returns undefined when the message above says everything
 */
export function renderDetails(notification: Notification): Message | undefined {
  const { evidence, explanation } = notification
  const isLong = evidence.length > mostEvidence.most || evidence.some((text) => text.length > mostEvidence.each)
  const lines = [
    isLong ? `*All evidence*\n${bullets(evidence, { most: 12, each: 220 })}` : '',
    reading(explanation),
  ].filter((text) => text !== '')
  if (lines.length === 0) return undefined
  return { text: lines[0]!, blocks: lines.map(section) }
}

/** The thread's word that an incident which had ended is back. */
export function renderReopened(after: Notification, resolvedAt: string, now: number): Message {
  const ended = meantInstant(resolvedAt)
  const pause = ended === undefined || ended > now ? '' : `, ${humanSpan(now - ended)} after it was resolved`
  return reply(after, [`*Back again*${pause}: ${line(subject(after), 400)}`], true)
}

/** The thread's word that an incident has ended. */
export function renderResolution(notification: Notification, resolvedAt: string, now: number, note: string): Message {
  const said = note.trim() === '' ? '' : `: ${line(note, 500)}`
  return reply(notification, [`*Resolved* ${slackDate(meantInstant(resolvedAt) ?? now)}${said}`], false)
}

/**
 * What stands in the old channel when a worse severity moves an incident to another one.
 * @param place the other channel, as people know it
 */
export function renderMoved(after: Notification, place: string): Message {
  const moved = `*Worse*: it is ${after.sev}, continued in ${line(place, 80)}: ${line(subject(after), 400)}`
  return reply(after, [moved], false)
}

/** What differs between two notifications of an incident, a line each. */
function changes(before: Notification, after: Notification): string[] {
  const worse = isWorse(before, after)
  const evidence = newEvidence(before.evidence, after.evidence)
  return [
    before.sev === after.sev ? '' : `*${worse ? 'Worse' : 'Better'}* ${before.sev} → ${after.sev}`,
    differs(before.title, after.title) || differs(before.service, after.service)
      ? `*Now* ${line(subject(after), 400)}`
      : '',
    differs(before.impact, after.impact) ? `*Impact* ${line(after.impact, 500) || 'not known'}` : '',
    differs(before.cause, after.cause) ? `*Cause* ${line(after.cause, 500) || 'not known yet'}` : '',
    changeKey(before) === changeKey(after) ? '' : `*Suspected change* ${suspect(after.change)}`,
    evidence.length === 0 ? '' : `*New evidence*\n${bullets(evidence, { most: 3, each: 300 })}`,
    differs(before.nextSteps, after.nextSteps) ? 'What to do has changed: see the message above.' : '',
    differs(before.rollback, after.rollback) ? 'How to roll back has changed: see the message above.' : '',
    differs(before.owners, after.owners)
      ? `*Who decides* ${names(after.owners, { most: 5, each: 100 }) || 'nobody named'}`
      : '',
    differs(before.explanation, after.explanation) ? reading(after.explanation) : '',
  ].filter((text) => text !== '')
}

function reply(notification: Notification, lines: readonly string[], calls: boolean): Message {
  const text = `${calls ? callOf(notification) : ''}${lines.join('\n')}`
  // All changes at once are longer than one section may be.
  const parts = text.length <= limits.section ? [text] : [text.slice(0, text.indexOf('\n')), ...lines.slice(1)]
  return { text, blocks: parts.map(section) }
}

/** A model's words, marked as a reading and not a fact. */
function reading(explanation: string): string {
  const text = clean(explanation)
    .replaceAll(/`{3,}/g, "'''")
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
  return text === '' ? '' : `*A model's reading of the evidence, not a fact*\n${escapeWithin(text, 2500)}`
}

function lasting({ since }: Notification, now: number): string {
  const began = meantInstant(since)
  return began === undefined || began > now ? '' : ` for ${humanSpan(now - began)}`
}

function latest({ evidence }: Notification): string {
  return evidence[0] === undefined ? '' : ` ${line(evidence[0], 200)}.`
}

function next({ nextUpdate }: Notification, now: number): string {
  const at = meantInstant(nextUpdate)
  return at === undefined || at <= now ? '' : ` Next update at ${slackTime(at)}.`
}

/** Lines whose words are new: `restarted 7 times` after `restarted 6 times` is not. */
function newEvidence(before: readonly string[], after: readonly string[]): string[] {
  const known = new Set(before.map(words))
  return after.filter((text) => !known.has(words(text)))
}

function words(text: string): string {
  return text.replace(/\d+(?:\.\d+)?/g, '#')
}

function differs(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) !== JSON.stringify(after)
}

function changeKey({ change }: Notification): string {
  return change === null ? '' : `${change.repository}@${change.sha} ${change.confidence}`
}
