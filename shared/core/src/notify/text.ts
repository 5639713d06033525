import { redact } from '../redact.ts'
import { toMillis } from '../time.ts'

/**
 * Characters that hide or reorder text: controls, zero-width spaces, direction marks, tag characters.
 * The joiners U+200C and U+200D stay, because Persian and emoji need them.
 */
const unseen =
  // oxlint-disable-next-line no-control-regex -- controls are what it takes out
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu

/** Text from outside (cluster, commit, model) made harmless: nothing hidden, no secret, no mention. Not escaped yet. */
export function clean(text: string): string {
  return stripMentions(redact(text.toWellFormed().replaceAll('\r\n', '\n').replace(unseen, '')))
}

/**
 * Leaves of `<!channel>`, `<@U1>`, `<#C1|name>` and `@here` only the word: nobody is called by text from outside. A longer word that
 * begins like a mention loses its @ too, because a cut may make one of it.
 */
function stripMentions(text: string): string {
  return text
    .replace(/<[!@#]([^<>|]*)(?:\|([^<>]*))?>/g, (_whole, id: string, label?: string) => label ?? id)
    .replace(/@+(?=here|channel|everyone)(?!(?<=\w@)\w+\.\w)/gi, '')
}

/** Slack's three escapes (docs.slack.dev, formatting message text). */
export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Escapes a text and cuts it to `max` characters, counted after escaping and never inside an escape or a character. */
export function escapeWithin(text: string, max: number): string {
  const whole = escape(text)
  if (whole.length <= max) return whole
  let kept = ''
  for (const character of text) {
    const piece = escape(character)
    if (kept.length + piece.length > max - 1) break
    kept += piece
  }
  return `${kept.trimEnd()}…`
}

/** Outside text as one line of mrkdwn of at most `max` characters. */
export function line(text: string, max: number): string {
  return escapeWithin(oneLine(text), max)
}

/** Outside text as one clean line, to be escaped by whoever puts it into a message. */
export function plainLine(text: string, max: number): string {
  const whole = oneLine(text)
  if (whole.length <= max) return whole
  return `${whole
    .slice(0, max - 1)
    .toWellFormed()
    .replace(/\uFFFD$/, '')
    .trimEnd()}…`
}

/** Outside text as inline code. */
export function code(text: string, max: number): string {
  return `\`${line(text, max).replaceAll('`', "'")}\``
}

function oneLine(text: string): string {
  return clean(text).replaceAll(/`{3,}/g, "'''").replaceAll(/\s+/g, ' ').trim()
}

/** A link with a label; only the label when the address is not plainly http(s) or holds a secret. */
export function link(url: string, label: string, max: number): string {
  const text = line(label, max).replaceAll('|', '¦')
  const safe = /^https?:\/\/[^\s<>|"'`]+$/i.test(url) && url.length <= 1000 && redact(url) === url
  return safe ? `<${url.replaceAll('&', '&amp;')}|${text}>` : text
}

/** Milliseconds of an instant that can be meant: not unreadable, and not Go's zero time of the year 1. */
export function meantInstant(instant: string | null): number | undefined {
  const millis = toMillis(instant)
  return millis !== undefined && millis > 0 && millis < 1e14 ? millis : undefined
}

/** An instant that Slack shows in each reader's own time zone, with UTC where it cannot. */
export function slackDate(millis: number): string {
  return `<!date^${Math.floor(millis / 1000)}^{date_short_pretty} at {time}|${utc(millis)}>`
}

/** The same, only the time of day: for what is soon. */
export function slackTime(millis: number): string {
  return `<!date^${Math.floor(millis / 1000)}^{time}|${utc(millis).slice(11)}>`
}

/** `2026-11-20 14:03 UTC`. */
export function utc(millis: number): string {
  return `${new Date(millis).toISOString().slice(0, -8).replace('T', ' ')} UTC`
}
