import { covered, endOf, light, sinceWhen, subject } from '../notify.ts'
import type { Notification } from '../notification.ts'
import { heading, worst, type SentDigest } from './digest.ts'
import { plainLine, utc } from './text.ts'

/**
 * A card for Microsoft Teams. All text from outside goes into text runs, in which neither Markdown nor a mention has a meaning
 * (adaptivecards.io, TextRun).
 */
export interface Card {
  /** What a list of chats shows. */
  summary: string
  /** The Adaptive Card itself. */
  content: object
}

/** Most bytes of a card as JSON: Teams names 28 KB and refused some of 21. */
export const cardBytes = 20_000

/** Lengths of a card's texts, tried in turn until the whole is small enough. */
const widths = [500, 250, 100] as const

/** The card of an open incident. @param now milliseconds, for how long it had been going on */
export function incidentCard(notification: Notification, now: number): Card {
  const { form, sev, state } = notification
  const label =
    form === 'escalation' ? `${sev}: nobody has acknowledged this` : state === 'reopened' ? `${sev} again` : sev
  const title = `${light[sev]} ${label} · ${subject(notification)}`
  return fit(title, notification.change?.url, (width) => [
    ...fact('Impact', plainLine(notification.impact, width) || 'not known'),
    ...fact('Since', sinceWhen(notification.since, now, utc)),
    ...fact('Cause', plainLine(notification.cause, width) || 'not known yet'),
    ...fact('Suspected change', suspected(notification, width)),
    ...fact('Covers', covered(notification)),
    ...list('Do now', notification.nextSteps, width, true),
    ...list('Roll back', notification.rollback, width, true),
    ...list('Evidence', notification.evidence.slice(0, 4), width, false),
    ...fact(
      'Who decides',
      notification.owners
        .slice(0, 5)
        .map((owner) => plainLine(owner, 100))
        .join(', '),
    ),
    ...where(notification),
  ])
}

/** The card that says an incident has ended: Teams cannot edit the first one. @param resolvedAt ISO instant of the end */
export function resolvedCard(notification: Notification, resolvedAt: string, now: number, note: string): Card {
  const { end, lasted } = endOf(notification, resolvedAt, now)
  return fit(`✅ Resolved · ${notification.sev} · ${subject(notification)}`, undefined, (width) => [
    ...fact('Resolved', `${utc(end)}${lasted}`),
    ...fact('Note', plainLine(note, width)),
    ...where(notification),
  ])
}

/** The card of a digest as it stands: its incidents, or that all of them have ended. */
export function digestCard(digest: SentDigest): Card {
  const open = digest.members.filter(({ state }) => state !== 'resolved')
  const title = open.length === 0 ? `✅ All resolved · ${heading(digest)}` : `${light[worst(open)]} ${heading(digest)}`
  const rest = digest.omitted === 0 ? [] : [run(`and ${digest.omitted} more`)]
  return fit(title, undefined, (width) => [
    ...open.map((member) =>
      run(`${light[member.sev]} ${member.sev} ${plainLine(subject(member), Math.min(width, 120))}`),
    ),
    ...rest,
  ])
}

function fit(title: string, url: string | undefined, bodyOf: (width: number) => object[]): Card {
  const heading = plainLine(title, 200)
  const open =
    url !== undefined && /^https:\/\/[^\s<>"]+$/.test(url)
      ? [{ type: 'Action.OpenUrl', title: 'Open the change', url }]
      : []
  let content: object = {}
  for (const width of widths) {
    content = {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      msteams: { width: 'Full' },
      body: [run(heading, { weight: 'Bolder', size: 'Large' }), ...bodyOf(width)],
      ...(open.length === 0 ? {} : { actions: open }),
    }
    if (bytes(JSON.stringify(content)) <= cardBytes) break
  }
  return { summary: heading, content }
}

/** Bytes of a text in UTF-8. */
export function bytes(text: string): number {
  let count = 0
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    count += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return count
}

function fact(name: string, value: string): object[] {
  return value === ''
    ? []
    : [
        block([
          { type: 'TextRun', text: `${name} `, weight: 'Bolder' },
          { type: 'TextRun', text: value },
        ]),
      ]
}

function list(name: string, items: readonly string[], width: number, isCode: boolean): object[] {
  const texts = items.map((item) => plainLine(item, width)).filter((text) => text !== '')
  if (texts.length === 0) return []
  return [run(name, { weight: 'Bolder' }), ...texts.map((text) => run(text, isCode ? { fontType: 'Monospace' } : {}))]
}

function run(text: string, style: object = {}): object {
  return block([{ type: 'TextRun', text, ...style }])
}

function block(inlines: object[]): object {
  return { type: 'RichTextBlock', inlines }
}

function where({ cluster, fingerprint }: Notification): object[] {
  return fact('Where', `cluster ${plainLine(cluster, 100)}, incident ${plainLine(fingerprint, 64)}`)
}

function suspected({ change }: Notification, width: number): string {
  if (change === null) return 'none known'
  return `${plainLine(`${change.repository}@${change.sha.slice(0, 7)}`, 200)} “${plainLine(change.title, Math.min(width, 200))}” · ${change.confidence} confidence`
}
