import { setTimeout as sleep } from 'node:timers/promises'
import type { Delivery, Notification } from '@kubevigil/core/notification'
import { clean, escape } from '@kubevigil/core/notify/text'
import { second } from '@kubevigil/core/time'
import { describeError, UserError } from '@kubevigil/mcp-kit/errors'
import { log } from '@kubevigil/mcp-kit/log'
import { openStore, type StoreError } from '@kubevigil/store/open'
import type { SlackApi } from '../slack/api.ts'
import { shownName, type ChannelPolicy } from '../slack/channel-policy.ts'
import { createChannelIds, type ChannelIds } from './channel-ids.ts'
import { createDeliverer, lastStartMs, type Clock } from './deliver.ts'
import { createIncidentFiles } from './incident-files.ts'
import { acceptNotification, acceptResolution, rootKeyOf, type Turn } from './incidents.ts'
import { createOwner } from './owner.ts'
import { refusedToSend, whyQueued } from './reasons.ts'
import { enqueue, keyOf, prune, retryAll, retryRefused, rowOf, waitingRows, type Scope } from './rows.ts'
import { migrations, type Kind, type Row } from './schema.ts'
import { countRows, pageOfRows, type Counts, type Place } from './status.ts'

/** What the tools say to Slack. Everything is on disk before it is sent, and sent once. */
export interface Outbox {
  /** @throws UserError when Slack refuses and somebody has to change something first */
  notify: (notification: Notification) => Promise<Delivery>
  /** @throws UserError as `notify` */
  resolve: (end: { fingerprint: string; resolvedAt: string; note: string }) => Promise<Delivery>
  /** @throws UserError as `notify` */
  post: (message: { channel: string; text: string; threadTs: string | undefined; key: string }) => Promise<Delivery>
  /** Sends what is due, briefly; never throws. */
  drain: () => Promise<void>
  /** Sends what waits, trying at most `most` rows. @returns what was sent, and the oldest `most` rows of what still waits */
  flush: (most: number) => Promise<{ sent: Row[]; waiting: Row[]; counts: Counts }>
  /** What is known of an incident's messages, or of all, without speaking to Slack. */
  status: (query: { fingerprint: string | undefined; limit: number; after: Place | undefined }) => {
    rows: Row[]
    counts: Counts
  }
  /** Channel ids by name; undefined without a token. */
  ids: ChannelIds | undefined
  close: () => void
}

export interface OutboxOptions {
  path: string
  /** Undefined without a token: everything is kept until there is one. */
  slack: SlackApi | undefined
  policy: ChannelPolicy
  /** Where incidents lie as files while Slack is away. */
  incidentFolder: string
  clock?: Clock
}

/** How long a call goes on taking along what others left, from its beginning. */
const drainMs = 8 * second
/** The same for a call with nothing of its own to say. */
const readDrainMs = 4 * second

/** Opens slack.db and what sends from it. */
export async function openOutbox({
  path,
  slack,
  policy,
  incidentFolder,
  clock = realClock,
}: OutboxOptions): Promise<Outbox> {
  const store = await openStore({ path, migrations, toError })
  for (const notice of store.notices) log('warn', 'The outbox was repaired', { notice })
  store.write((sql) => prune(sql, clock.now()))
  const hasToken = slack !== undefined
  const files = createIncidentFiles(store, { folder: incidentFolder, hasToken, now: clock.now })
  files.sync()
  const ids = slack && createChannelIds(store, slack)
  const deliverer =
    slack && ids && createDeliverer(store, { store, slack, ids, owner: createOwner(), now: clock.now }, clock)

  /** Sends what a call is about first, because it is what somebody waits for, then what others left. */
  async function deliver(scope: Scope): Promise<Kind[]> {
    const began = clock.now()
    store.write((sql) => retryRefused(sql, scope, began))
    const kinds = (await deliverer?.deliver(scope)) ?? []
    await deliverer?.drain({ until: began + drainMs })
    files.sync()
    return kinds
  }

  async function drain(): Promise<void> {
    try {
      await deliverer?.drain({ until: clock.now() + readDrainMs })
      files.sync()
    } catch (error) {
      log('warn', 'What waits could not be sent', { error: describeError(error) })
    }
  }

  /** What still waits in a scope, as a delivery; undefined when nothing does. */
  function pending(scope: Scope, row: Row): Delivery | undefined {
    const [first] = store.read((sql) => waitingRows(sql, scope))
    if (first === undefined) return undefined
    if (first.refusal !== '') throw refusedToSend(first)
    return { ...placeOf(row), state: 'queued', detail: whyQueued(first, hasToken) }
  }

  /** @param turn what was decided: `none` when all was said, or queued, before */
  async function tellIncident(fingerprint: string, turn: Turn, ends: boolean): Promise<Delivery> {
    const scope = { incident: fingerprint }
    const kinds = await deliver(scope)
    const root = store.read((sql) => rowOf(sql, rootKeyOf(sql, fingerprint) ?? ''))
    if (root === undefined) throw new Error(`The outbox lost the message of incident ${fingerprint}`)
    const waits = pending(scope, root)
    if (waits !== undefined) return waits
    const tells = turn === 'root' || (turn === 'none' && kinds.includes('root')) ? 'sent' : 'updated'
    const state = ends ? 'resolved' : tells
    if (turn !== 'none') return { ...placeOf(root), state, detail: '' }
    if (kinds.length > 0) return { ...placeOf(root), state, detail: 'It had been waiting.' }
    return { ...placeOf(root), state: 'unchanged', detail: 'The message already says this.' }
  }

  return {
    async notify(notification) {
      const turn = store.write((sql) => acceptNotification(sql, notification, policy, clock.now()))
      return tellIncident(notification.fingerprint, turn, false)
    },
    async resolve(end) {
      const turn = store.write((sql) => acceptResolution(sql, end, clock.now()))
      if (turn !== 'unknown') return tellIncident(end.fingerprint, turn, true)
      await drain()
      return { state: 'skipped', channel: null, ts: null, detail: 'No message was ever sent for this incident.' }
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
        enqueue(
          sql,
          { key, incident: null, kind: 'message', channel, ...thread, text: words, blocks: null },
          clock.now(),
        )
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
      return { ...placeOf(row), state: isNews ? 'sent' : 'unchanged', detail }
    },
    drain,
    async flush(most) {
      const began = clock.now()
      store.write((sql) => retryAll(sql, began))
      const keys = (await deliverer?.drain({ until: began + lastStartMs, most, insist: true })) ?? []
      files.sync()
      return store.read((sql) => ({
        sent: keys.flatMap((key) => rowOf(sql, key) ?? []),
        waiting: waitingRows(sql, {}).slice(0, most),
        counts: countRows(sql, undefined),
      }))
    },
    status: (query) =>
      store.read((sql) => ({ rows: pageOfRows(sql, query), counts: countRows(sql, query.fingerprint) })),
    ids,
    close: () => store.close(),
  }
}

function toError({ code, message, hint }: StoreError): UserError {
  return new UserError(code, message, hint)
}

const realClock: Clock = { now: Date.now, sleep: (ms) => sleep(ms) }

function placeOf(row: Row): Pick<Delivery, 'channel' | 'ts'> {
  return { channel: shownName(row.channel).slice(0, 80), ts: row.ts }
}
