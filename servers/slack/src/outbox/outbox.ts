import { setTimeout as sleep } from 'node:timers/promises'
import type { Delivery, Digest, Notification } from '@kubevigil/core/notification'
import { clean, escape } from '@kubevigil/core/notify/text'
import { UserError } from '@kubevigil/mcp-kit/errors'
import type { Store } from '@kubevigil/store/open'
import type { SlackApi } from '../slack/api.ts'
import type { TeamsApi } from '../teams/webhook.ts'
import { createChannelIds, type ChannelIds } from './channel-ids.ts'
import type { Clock } from './deliver.ts'
import { acceptDigest, isMember, noteMember } from './digests.ts'
import { rowOfIncident, type Routing } from './incident-rows.ts'
import { acceptNotification, acceptResolution, type Turn } from './incidents.ts'
import { createPostman } from './postman.ts'
import { refusedToSend, whyOf, whyQueued } from './reasons.ts'
import { enqueue, keyOf, prune, rowOf, waitingRows, type Scope } from './rows.ts'
import type { Row } from './schema.ts'
import { countRows, pageOfRows, type Counts, type Place } from './status.ts'
import { firstWay, placeName } from './ways.ts'

/** What the tools say to people. Everything is on disk before it is sent, and sent once. */
export interface Outbox {
  /** @throws UserError when Slack refuses and somebody has to change something first */
  notify: (notification: Notification) => Promise<Delivery>
  /** @returns the delivery, and which incidents the digest names. @throws UserError as `notify` */
  digest: (digest: Digest) => Promise<Delivery & { told: string[] }>
  /** @throws UserError as `notify` */
  resolve: (end: { fingerprint: string; resolvedAt: string; note: string }) => Promise<Delivery>
  /** @throws UserError as `notify` */
  post: (message: { channel: string; text: string; threadTs: string | undefined; key: string }) => Promise<Delivery>
  /** Sends what was queued about something, then what others left. @returns its message. @throws UserError as `notify` */
  push: (about: string, rootKey: string) => Promise<Row>
  /** Sends what is due, briefly; never throws. */
  drain: () => Promise<void>
  /** Sends what waits, trying at most `most` rows. @returns what was sent, and the oldest `most` rows of what still waits */
  flush: (most: number) => Promise<{ sent: Row[]; waiting: Row[]; counts: Counts }>
  /** What is known of an incident's messages, or of all, without speaking to anybody. */
  status: (query: { fingerprint: string | undefined; limit: number; after: Place | undefined }) => {
    rows: Row[]
    counts: Counts
  }
  /** Channel ids by name; undefined without a token. */
  ids: ChannelIds | undefined
}

export interface OutboxOptions {
  store: Store
  /** Undefined without a token. */
  slack: SlackApi | undefined
  /** Undefined without a webhook. */
  teams: TeamsApi | undefined
  routing: Routing
  /** Where incidents lie as files while nobody can be told. */
  incidentFolder: string
  clock?: Clock
}

/** Makes what accepts messages into slack.db and sends them from it. */
export function createOutbox({
  store,
  slack,
  teams,
  routing,
  incidentFolder,
  clock = realClock,
}: OutboxOptions): Outbox {
  const { policy, ways } = routing
  const { now } = clock
  store.write((sql) => prune(sql, now()))
  const ids = slack && createChannelIds(store, slack)
  const { deliver, drain, flush } = createPostman({ store, slack, ids, teams, routing, incidentFolder, clock })

  /** What still waits in a scope on the way out that its message takes, as a delivery; undefined when nothing does. */
  function pending(scope: Scope, row: Row): Delivery | undefined {
    const [first] = store.read((sql) => waitingRows(sql, { ...scope, way: row.way }))
    if (first === undefined) return undefined
    if (first.refusal !== '') throw refusedToSend(first)
    return { ...standing(row), state: 'queued', detail: whyQueued(first, ways) }
  }

  /** What Teams has not taken, where it is the second way out. */
  function besides(scope: Scope): string {
    if (firstWay(ways) === 'teams') return ''
    const [card] = store.read((sql) => waitingRows(sql, { ...scope, way: 'teams' }))
    return card === undefined ? '' : `Teams: ${whyOf(card, ways)}`
  }

  async function push(about: string, rootKey: string): Promise<Row> {
    await deliver({ incident: about })
    const root = store.read((sql) => rowOf(sql, rootKey))
    if (root === undefined) throw new Error(`The outbox lost the message of ${about}`)
    // Throws when somebody has to change something first; whoever asked sees from `ts` that it waits.
    pending({ incident: about }, root)
    return root
  }

  /** @param turn what was decided: `none` when all was said, or queued, before */
  async function tell(about: string, turn: Turn, ends: boolean): Promise<Delivery> {
    const scope = { incident: about }
    const kinds = await deliver(scope)
    const root = store.read((sql) => rowOf(sql, rowOfIncident(sql, about)?.root_key ?? ''))
    if (root === undefined) throw new Error(`The outbox lost the message of ${about}`)
    const waits = pending(scope, root)
    if (waits !== undefined) return waits
    const tells = turn === 'root' || (turn === 'none' && kinds.includes('root')) ? 'sent' : 'updated'
    const state = ends ? 'resolved' : tells
    const detail = besides(scope)
    if (turn !== 'none') return { ...standing(root), state, detail }
    if (kinds.length > 0) return { ...standing(root), state, detail: 'It had been waiting.' }
    return { ...standing(root), state: 'unchanged', detail: detail || 'The message already says this.' }
  }

  return {
    async notify(notification) {
      const { fingerprint } = notification
      const turn = store.write((sql) => {
        const decided = acceptNotification(sql, notification, routing, now())
        noteMember(sql, fingerprint, { state: 'own' }, routing, now())
        return decided
      })
      return tell(fingerprint, turn, false)
    },
    async digest(given) {
      const { turn, id, told } = store.write((sql) => acceptDigest(sql, given, routing, now()))
      if (id !== null) return { ...(await tell(id, turn, false)), told }
      await drain()
      const detail = 'Every one of these incidents has a message of its own.'
      return { state: 'unchanged', channel: null, ts: null, detail, told }
    },
    async resolve(end) {
      const { fingerprint } = end
      const { own, digest } = store.write((sql) => ({
        own: acceptResolution(sql, end, routing, now()),
        digest: noteMember(sql, fingerprint, { state: 'resolved' }, routing, now()),
      }))
      if (own !== 'unknown') return tell(fingerprint, own, true)
      if (digest !== undefined) return tell(digest, 'edit', true)
      await drain()
      return store.read((sql) => isMember(sql, fingerprint))
        ? { state: 'unchanged', channel: null, ts: null, detail: 'Its line in the digest says so already.' }
        : { state: 'skipped', channel: null, ts: null, detail: 'No message was ever sent for this incident.' }
    },
    async post({ channel: requested, text, threadTs, key: given }) {
      const channel = policy.place(requested)
      const key = keyOf('', 'message', given)
      const words = escape(clean(text)).trim()
      if (words === '') throw new UserError('empty-message', 'The text has nothing to show.', 'Write some words.')
      const known = store.write((sql) => {
        // What could not be said before may be said differently now.
        sql.run("DELETE FROM outbox WHERE key = ? AND state = 'dropped'", key)
        const before = rowOf(sql, key)
        const thread = threadTs === undefined ? {} : { threadTs }
        enqueue(sql, { key, incident: null, kind: 'message', channel, ...thread, text: words, blocks: null }, now())
        return before
      })
      const kinds = await deliver({ key })
      const row = store.read((sql) => rowOf(sql, key))!
      const waits = pending({ key }, row)
      if (waits !== undefined) return waits
      if (row.state === 'dropped')
        throw new UserError('thread-gone', `There is no message ${row.thread_ts} to answer.`, 'Leave threadTs out.')
      const same = known === undefined || (known.text === words && known.channel === channel)
      const detail = same ? '' : 'This key stands for another text, which was sent before; take a new key.'
      const isNews = known === undefined || kinds.length > 0
      return { ...standing(row), state: isNews ? 'sent' : 'unchanged', detail }
    },
    push,
    drain,
    async flush(most) {
      const keys = await flush(most)
      return store.read((sql) => ({
        sent: keys.flatMap((key) => rowOf(sql, key) ?? []),
        waiting: waitingRows(sql, {}).slice(0, most),
        counts: countRows(sql, undefined),
      }))
    },
    status: (query) =>
      store.read((sql) => ({ rows: pageOfRows(sql, query), counts: countRows(sql, query.fingerprint) })),
    ids,
  }
}

function standing(row: Row): Pick<Delivery, 'channel' | 'ts'> {
  return { channel: placeName(row), ts: row.ts }
}

const realClock: Clock = { now: () => Date.now(), sleep: (ms) => sleep(ms) }
