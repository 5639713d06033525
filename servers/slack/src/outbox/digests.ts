import { randomUUID } from 'node:crypto'
import { digestCard } from '@kubevigil/core/notify/card'
import { renderDigest, renderJoined, type DigestMember, type SentDigest } from '@kubevigil/core/notify/digest'
import type { Digest } from '@kubevigil/core/notification'
import { redactDeep } from '@kubevigil/core/redact'
import { hour, toInstant } from '@kubevigil/core/time'
import type { Sql } from '@kubevigil/store/open'
import type { Turn } from './incidents.ts'
import {
  dropWaiting,
  isCardUnseen,
  isUnseen,
  remember,
  rowOfIncident,
  type IncidentRow,
  type Routing,
} from './incident-rows.ts'
import { openRoot, say, sayInTeams } from './saying.ts'

/** What begins within this time of a digest joins it; later it is told in one of its own. */
const joinWithin = hour
/** Most incidents of a digest: what notify_digest takes, and what fits into one message. */
const mostMembers = 50

interface DigestFacts extends SentDigest {
  /** Milliseconds. */
  openedAt: number
}

/** What became of a digest: its own name, null when every incident has a message of its own, and which incidents it names. */
export interface DigestTurn {
  turn: Turn
  id: string | null
  told: string[]
}

/** Notes a digest and what has to be said for it, in the caller's transaction. Incidents that people know of are not told again. */
export function acceptDigest(sql: Sql, given: Digest, routing: Routing, now: number): DigestTurn {
  const asked = redactDeep({ ...given, channel: routing.policy.place(given.channel) }) as Digest
  const named = asked.incidents.filter(({ fingerprint }) => standsInDigest(sql, fingerprint))
  const fresh = asked.incidents.filter(
    ({ fingerprint }) => !standsInDigest(sql, fingerprint) && !hasOwnMessage(sql, fingerprint),
  )
  const told = [...named, ...fresh].map(({ fingerprint }) => fingerprint)
  if (fresh.length === 0) {
    const first = named[0]
    return { turn: 'none', id: first === undefined ? null : digestNameOf(sql, first.fingerprint), told }
  }
  const members = fresh.map((incident): DigestMember => ({ ...incident, state: 'open', link: null }))
  const row = openDigest(sql, asked, members.length, now)
  const id = row?.fingerprint ?? `digest ${randomUUID()}`
  for (const { fingerprint } of members)
    sql.run('INSERT OR REPLACE INTO digest_member (fingerprint, digest) VALUES (?, ?)', fingerprint, id)
  if (row === undefined) {
    const { channel, cluster, why, omitted } = asked
    const facts: DigestFacts = { channel, cluster, why, omitted, members, openedAt: now }
    const contents = { message: renderDigest(facts), card: digestCard(facts), hasCard: true }
    openRoot(sql, { fingerprint: id, kind: 'digest', channel, facts, ...contents }, routing, 0, now)
    return { turn: 'root', id, told }
  }
  return { turn: join(sql, row, members, asked.omitted, routing, now), id, told }
}

/**
 * Notes in the digest that names an incident what became of it, in the caller's transaction.
 * @returns the digest's name, or undefined when there is none or it says so already
 */
export function noteMember(
  sql: Sql,
  fingerprint: string,
  news: Pick<DigestMember, 'state'> & { link?: string },
  routing: Routing,
  now: number,
): string | undefined {
  const id = digestNameOf(sql, fingerprint)
  const row = id === null ? undefined : rowOfIncident(sql, id)
  if (row === undefined) return undefined
  const facts = digestOf(row)
  const before = facts.members.find((member) => member.fingerprint === fingerprint)
  if (before === undefined || before.state === 'resolved') return undefined
  if (before.state === news.state && (news.link === undefined || before.link === news.link)) return undefined
  const members = facts.members.map((member) => (member === before ? { ...member, ...news } : member))
  const isOver = members.every(({ state }) => state === 'resolved')
  edit(sql, { ...row, resolved_at: isOver ? toInstant(now) : null }, { ...facts, members }, routing, now)
  return row.fingerprint
}

/** Whether a digest names the incident, whatever became of it. */
export function isMember(sql: Sql, fingerprint: string): boolean {
  return digestNameOf(sql, fingerprint) !== null
}

/** Whether the line of an incident says that it has its own message and does not lead there yet. */
export function lacksLink(sql: Sql, fingerprint: string): boolean {
  const member = memberOf(sql, fingerprint)
  return member?.state === 'own' && member.link === null
}

function standsInDigest(sql: Sql, fingerprint: string): boolean {
  return memberOf(sql, fingerprint)?.state === 'open'
}

function hasOwnMessage(sql: Sql, fingerprint: string): boolean {
  const row = rowOfIncident(sql, fingerprint)
  return row?.kind === 'incident' && row.resolved_at === null
}

function memberOf(sql: Sql, fingerprint: string): DigestMember | undefined {
  const id = digestNameOf(sql, fingerprint)
  const row = id === null ? undefined : rowOfIncident(sql, id)
  return row && digestOf(row).members.find((member) => member.fingerprint === fingerprint)
}

function digestNameOf(sql: Sql, fingerprint: string): string | null {
  const row = sql.get<{ digest: string }>('SELECT digest FROM digest_member WHERE fingerprint = ?', fingerprint)
  return row?.digest ?? null
}

function digestOf({ facts }: IncidentRow): DigestFacts {
  return JSON.parse(facts) as DigestFacts
}

/** The digest that more incidents of the same kind join: young, not over, with room. */
function openDigest(sql: Sql, { channel, cluster, why }: Digest, count: number, now: number): IncidentRow | undefined {
  const rows = sql.all<IncidentRow>(
    "SELECT * FROM incident WHERE kind = 'digest' AND resolved_at IS NULL AND channel = ? ORDER BY revision DESC LIMIT 20",
    channel,
  )
  return rows.find((row) => {
    const digest = digestOf(row)
    const isSame = digest.cluster === cluster && digest.why === why
    return isSame && now - digest.openedAt < joinWithin && digest.members.length + count <= mostMembers
  })
}

function join(
  sql: Sql,
  row: IncidentRow,
  joined: DigestMember[],
  omitted: number,
  routing: Routing,
  now: number,
): Turn {
  const facts = digestOf(row)
  // One that had ended and began again has its line already.
  const others = facts.members.filter(({ fingerprint }) => !joined.some((member) => member.fingerprint === fingerprint))
  const [wasUnseen, cardWasUnseen] = [isUnseen(sql, row, routing), isCardUnseen(sql, row)]
  const next = edit(sql, row, { ...facts, omitted, members: [...others, ...joined] }, routing, now)
  if (!cardWasUnseen) sayInTeams(sql, next, digestCard({ ...facts, omitted: 0, members: joined }), routing, now)
  if (wasUnseen) return 'root'
  say(sql, next, 'reply', renderJoined(joined), now, true)
  return 'edit'
}

/** Changes what a digest says: in place, or anew while nobody has seen it. Teams hears of its end, because cards cannot be edited. */
function edit(sql: Sql, row: IncidentRow, facts: DigestFacts, routing: Routing, now: number): IncidentRow {
  const message = renderDigest(facts)
  const card = digestCard(facts)
  if (!isUnseen(sql, row, routing)) {
    const next = remember(sql, row, facts, now)
    say(sql, next, 'edit', message, now)
    if (row.resolved_at !== null) sayInTeams(sql, next, card, routing, now)
    return next
  }
  const hasCard = row.resolved_at !== null || isCardUnseen(sql, row)
  dropWaiting(sql, row)
  const { fingerprint, channel, resolved_at } = row
  const opening = { fingerprint, kind: 'digest', channel, facts, message, card, hasCard } as const
  const next = { ...openRoot(sql, opening, routing, row.revision, now), resolved_at }
  sql.run('UPDATE incident SET resolved_at = ? WHERE fingerprint = ?', resolved_at, fingerprint)
  return next
}
