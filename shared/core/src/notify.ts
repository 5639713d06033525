import type { Notification } from './notification.ts'
import { context, header, limits, section, type Block, type Message } from './notify/blocks.ts'
import { bullets, names, steps } from './notify/lists.ts'
import { code, line, link, meantInstant, plainLine, slackDate, utc } from './notify/text.ts'
import type { Sev } from './policy.ts'
import { humanSpan } from './time.ts'

export { validateBlocks } from './notify/blocks.ts'
export type { Block, Message } from './notify/blocks.ts'

/** The colour of a severity, told apart at a glance. */
export const light: Record<Sev, string> = { 'SEV-1': '🔴', 'SEV-2': '🟠', 'SEV-3': '🟡', 'SEV-4': '🔵' }

/** How much evidence the message itself shows; the thread shows the rest. */
export const mostEvidence = { most: 4, each: 300 } as const

/** What a severity means for who reads it; assess.ts decides it. */
const meaning: Record<Sev, string> = {
  'SEV-1': 'SEV-1: told at once, day and night',
  'SEV-2': 'SEV-2: told at once',
  'SEV-3': 'SEV-3: told in business hours',
  'SEV-4': 'SEV-4: for the record',
}

/**
 * The message of an open incident. Its order is what a person woken by it asks: what is broken, for whom, since when, why,
 * what to do, how to undo it, who decides. Only a SEV-1 calls `<!here>`, and only from here: text from outside calls nobody.
 * @param now milliseconds, for how long it had been going on when this was written
 */
export function render(notification: Notification, now: number): Message {
  const { sev, evidence, nextSteps, rollback, owners } = notification
  const what = subject(notification)
  const call = callOf(notification)
  const state = notification.state === 'reopened' ? `${sev} again` : sev
  const covers = covered(notification)
  const facts = [
    `${call}*Impact* ${line(notification.impact, 500) || 'not known: the services file does not say what users notice'}`,
    `*Since* ${sinceWhen(notification.since, now, slackDate)}`,
    `*Cause* ${line(notification.cause, 500) || 'not known yet'}`,
    `*Suspected change* ${suspect(notification.change)}`,
    ...(covers === '' ? [] : [`*Covers* ${covers}`]),
  ]
  const blocks: Block[] = [
    header(line(`${light[sev]} ${state} · ${what}`, limits.header)),
    section(facts.join('\n')),
    ...part('Do now', steps(nextSteps, 2400)),
    ...part('Roll back', steps(rollback, 2400)),
    ...part('Evidence', bullets(evidence, mostEvidence)),
    ...(owners.length > 0 ? [section(`*Who decides* ${names(owners, { most: 5, each: 100 })}`)] : []),
    context(`${footer(notification)} · ${notification.state} · ${meaning[sev]}`),
  ]
  return { text: `${call}${spoken(notification, state, what)}`, blocks }
}

/**
 * The same message after the incident has ended: it replaces the alarm in place, so that nobody acts on it any more.
 * @param resolvedAt ISO instant of the end
 * @param now milliseconds; the end when `resolvedAt` cannot be read
 * @param note what ended it, in the words of who resolved it; may be empty
 */
export function renderResolved(notification: Notification, resolvedAt: string, now: number, note = ''): Message {
  const { sev, since } = notification
  const what = subject(notification)
  const { end, lasted } = endOf(notification, resolvedAt, now)
  const began = meantInstant(since)
  const facts = [
    `*Resolved* ${slackDate(end)}${lasted}`,
    ...(note.trim() === '' ? [] : [`*Note* ${line(note, 500)}`]),
    `*Impact* ${line(notification.impact, 500) || 'not known'}`,
    `*Since* ${began === undefined ? 'not known' : slackDate(began)}`,
    `*Cause* ${line(notification.cause, 500) || 'not known'}`,
    `*Suspected change* ${suspect(notification.change)}`,
  ]
  return {
    text: line(`Resolved${lasted} · ${sev} · ${what}`, 600),
    blocks: [
      header(line(`✅ Resolved · ${sev} · ${what}`, limits.header)),
      section(facts.join('\n')),
      context(`${footer(notification)} · resolved`),
    ],
  }
}

/** The incident in a few words, not escaped yet: its title, with the service before it when the title does not name it. */
export function subject({ service, title }: Pick<Notification, 'service' | 'title'>): string {
  const [name, said] = [plainLine(service, 80), plainLine(title, 300)]
  if (said === '') return name === '' ? 'unnamed incident' : name
  return name === '' || said.toLowerCase().includes(name.toLowerCase()) ? said : `${name}: ${said}`
}

/** How many incidents are told with this one; empty for none. */
export function covered({ covers }: Pick<Notification, 'covers'>): string {
  return covers === 0 ? '' : `${covers} more ${covers === 1 ? 'incident' : 'incidents'}, not told on their own`
}

/** A suspected change as one line: a link to the commit, its title, and how sure it is. */
export function suspect(change: Notification['change']): string {
  if (change === null) return 'none known'
  const name = link(change.url, `${change.repository}@${change.sha.slice(0, 7)}`, 200)
  return `${name} “${line(change.title, 200)}” · ${change.confidence} confidence`
}

/** When an incident ended, in milliseconds, and after how long, as words to put behind it; no words when its begin is not known. */
export function endOf(
  { since }: Pick<Notification, 'since'>,
  resolvedAt: string,
  now: number,
): { end: number; lasted: string } {
  const end = meantInstant(resolvedAt) ?? now
  const began = meantInstant(since)
  return { end, lasted: began === undefined || end < began ? '' : ` after ${humanSpan(end - began)}` }
}

/** When an incident began, and how long before this is written. @param show how an instant is written where it is told */
export function sinceWhen(since: string | null, now: number, show: (millis: number) => string): string {
  const began = meantInstant(since)
  if (began === undefined) return 'not known'
  return began > now ? show(began) : `${show(began)} (${humanSpan(now - began)} before this was written)`
}

/** The mention that wakes people, for a SEV-1 only. */
export function callOf({ sev }: Pick<Notification, 'sev'>): string {
  return sev === 'SEV-1' ? '<!here> ' : ''
}

function part(title: string, body: string): Block[] {
  return body === '' ? [] : [section(`*${title}*\n${body}`)]
}

function footer({ cluster, fingerprint }: Notification): string {
  return `cluster ${code(cluster, 200)} · incident ${code(fingerprint, 64)}`
}

/** What a lock screen or a screen reader says: no layout, the first thing to do included. */
function spoken({ impact, since, cause, nextSteps }: Notification, state: string, what: string): string {
  const began = meantInstant(since)
  const parts = [
    sentence(`${state} · ${what}`),
    sentence(impact),
    began === undefined ? '' : `Since ${utc(began)}.`,
    cause === '' ? '' : sentence(`Cause: ${cause}`),
    nextSteps[0] === undefined ? '' : `Do now: ${nextSteps[0]}`,
  ]
  return line(parts.filter((text) => text !== '').join(' '), 1200)
}

/** The text with a full stop, unless it ends in one or is empty. */
function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`
}
