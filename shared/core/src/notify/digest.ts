import { callOf, light, subject } from '../notify.ts'
import type { Digest, DigestIncident } from '../notification.ts'
import { context, header, limits, section, validateBlocks, type Block, type Message } from './blocks.ts'
import { code, line, link, meantInstant, plainLine, slackTime } from './text.ts'

/** An incident of a digest that was sent, and what became of it: `own` has a message of its own, at `link` once that is known. */
export interface DigestMember extends DigestIncident {
  state: 'open' | 'own' | 'resolved'
  link: string | null
}

/** A digest with what became of its incidents. */
export interface SentDigest extends Pick<Digest, 'channel' | 'cluster' | 'why' | 'omitted'> {
  members: DigestMember[]
}

/** Lengths of a line's words, tried in turn until the whole message is one that Slack takes. */
const widths = [200, 120, 80, 40] as const

/** The one message about incidents that are told together, a line each; a line is struck through when its incident has ended. */
export function renderDigest(digest: SentDigest): Message {
  const { cluster, members, omitted } = digest
  const open = members.filter(({ state }) => state !== 'resolved')
  const title = open.length === 0 ? `✅ All resolved · ${heading(digest)}` : `${light[worst(open)]} ${heading(digest)}`
  const call = open.length === 0 ? '' : callOf({ sev: worst(open) })
  const more = omitted === 0 ? '' : ` · and ${omitted} more that are not named here`
  const footer = context(`cluster ${code(cluster, 200)} · ${reason[digest.why]}${more}`)
  const spoken = open.slice(0, 3).map((member) => `${member.sev} ${plainLine(subject(member), 80)}`)
  const rest = open.length > 3 ? ` and ${open.length - 3} more` : ''
  const text = `${call}${line(`${plainLine(title, 200)}${open.length > 0 ? ': ' : ''}${spoken.join('; ')}${rest}`, 600)}`
  let blocks: Block[] = []
  for (const width of widths) {
    blocks = [header(line(title, limits.header)), ...sections(call, members, width), footer]
    if (validateBlocks(blocks).length === 0) break
  }
  return { text, blocks }
}

/** The thread's word, shown in the channel too, that more incidents joined a digest. */
export function renderJoined(joined: readonly DigestMember[]): Message {
  const call = callOf({ sev: worst(joined) })
  const first = `${call}*${joined.length} more* ${joined.length === 1 ? 'has' : 'have'} begun, named above:`
  const named = joined.slice(0, 5).map((member) => lineOf(member, 120))
  const rest = joined.length > named.length ? [`_… and ${joined.length - named.length} more_`] : []
  const text = [first, ...named, ...rest].join('\n')
  return { text, blocks: [section(text)] }
}

const reason: Record<Digest['why'], string> = {
  storm: 'told together, because many began at once',
  'business-hours': 'told together, in business hours',
}

/** The digest in a few words: how many, and where. Not escaped yet. */
export function heading({ why, cluster, members }: SentDigest): string {
  const count = `${members.length} ${members.length === 1 ? 'incident' : 'incidents'}`
  const what = why === 'storm' ? `${count} began together` : `${count} for business hours`
  return `${what} · ${plainLine(cluster, 60)}`
}

/** The worst severity among some incidents. */
export function worst(members: readonly Pick<DigestMember, 'sev'>[]): DigestMember['sev'] {
  return members.map(({ sev }) => sev).toSorted()[0] ?? 'SEV-4'
}

function sections(call: string, members: readonly DigestMember[], width: number): Block[] {
  const parts: string[] = []
  for (const text of members.map((member) => lineOf(member, width))) {
    const last = parts.at(-1)
    if (last === undefined) parts.push(`${call}${text}`)
    else if (last.length + 1 + text.length > limits.section) parts.push(text)
    else parts[parts.length - 1] = `${last}\n${text}`
  }
  return parts.map(section)
}

function lineOf(member: DigestMember, width: number): string {
  const { sev, state, since } = member
  const what = line(subject(member), width)
  // A tilde inside would end the line through it.
  if (state === 'resolved') return `~${sev} ${what.replaceAll('~', '∼')}~ resolved`
  if (state === 'own') return `${light[sev]} *${sev}* ${what} · ${ownMessage(member)}`
  const began = meantInstant(since)
  return `${light[sev]} *${sev}* ${what}${began === undefined ? '' : ` · since ${slackTime(began)}`}`
}

function ownMessage(member: DigestMember): string {
  const words = 'told in a message of its own'
  return member.link === null || member.link.length > 130 ? words : link(member.link, words, 60)
}
