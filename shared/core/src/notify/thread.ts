import type { Notification } from '../notification.ts'
import { callOf, subject, suspect } from '../notify.ts'
import { humanSpan } from '../time.ts'
import { section, type Message } from './blocks.ts'
import { bullets, names } from './lists.ts'
import { line, meantInstant, slackDate } from './text.ts'

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
  const worse = isWorse(before, after)
  const evidence = newEvidence(before.evidence, after.evidence)
  const lines = [
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
  ].filter((text) => text !== '')
  return lines.length === 0 ? undefined : reply(after, lines, worse)
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

/** What stands in the old channel when a worse severity moves an incident to another one. */
export function renderMoved(after: Notification, channel: string): Message {
  return reply(
    after,
    [`*Worse* now ${after.sev}, continued in #${line(channel, 80)}: ${line(subject(after), 400)}`],
    false,
  )
}

function reply(notification: Notification, lines: readonly string[], calls: boolean): Message {
  const text = `${calls ? callOf(notification) : ''}${lines.join('\n')}`
  return { text, blocks: [section(text)] }
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
