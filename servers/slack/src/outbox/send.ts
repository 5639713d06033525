import type { Block } from '@kubevigil/core/notify'
import { minute } from '@kubevigil/core/time'
import { log } from '@kubevigil/mcp-kit/log'
import { outOfTime, type Answer, type Content, type Failure, type SlackApi } from '../slack/api.ts'
import { shownName } from '../slack/channel-policy.ts'
import { concernsLayout } from '../slack/refusals.ts'
import type { ChannelIds } from './channel-ids.ts'
import { noteAttempt, release } from './leases.ts'
import { drop, finish, giveBack, type Holder, type Sent } from './outcome.ts'
import { rowOf } from './rows.ts'
import type { Row } from './schema.ts'

/** How far Slack's clock may be behind ours: what Kerberos tolerates by its default (krb5.conf, clockskew). */
const clockSkewMs = 5 * minute
/** Pages of history read for one lost answer: two thousand messages since the attempt. */
const historyPages = 10

export interface Sender extends Holder {
  slack: SlackApi
  ids: ChannelIds
}

/**
 * Sends one claimed row: at most one copy, and not given up while there is hope.
 * When Slack may already have it, history is read for our own mark first.
 * @param mayBegin whether there is time for another request
 */
export async function send(sender: Sender, row: Row, mayBegin: () => boolean): Promise<Sent> {
  if (row.kind === 'edit') return sendEdit(sender, row)
  const place = await placeOf(sender, row, mayBegin)
  if (!place.ok) return giveBack(sender, row, place.failure, row.doubt_since)
  const { channel, channelId, threadTs } = place.value
  if (row.doubt_since !== null && channelId !== undefined) {
    const oldest = row.doubt_since - clockSkewMs
    const found = await findOwn(sender, { channelId, threadTs, key: row.key, oldest }, mayBegin)
    if (found.ok && found.value !== undefined) return finish(sender, row, { channelId, ts: found.value })
    if (!found.ok && found.failure.kind !== 'refused') return giveBack(sender, row, found.failure, row.doubt_since)
    // Nobody may be left untold because the bot may not read: better twice than never.
    if (!found.ok) log('warn', 'The bot may not read the channel, so a message may appear twice', { ...found.failure })
  }
  if (!mayBegin()) return giveBack(sender, row, outOfTime.failure, row.doubt_since)
  const began = sender.now()
  if (!sender.store.write((sql) => noteAttempt(sql, row, sender.owner, began))) return { outcome: 'again' }
  const answer = await sender.slack.post({ ...contentOf(row), channel, threadTs, broadcast: row.broadcast === 1 })
  if (answer.ok) {
    if (channelId === undefined) sender.ids.keep(row.channel, answer.value.channelId)
    return finish(sender, row, answer.value)
  }
  if (answer.failure.kind === 'refused') return onRefusal(sender, row, answer.failure)
  return giveBack(sender, row, answer.failure, row.doubt_since ?? (answer.failure.kind === 'unsure' ? began : null))
}

/** The ts of our message in history; undefined when it is not there. */
async function findOwn(
  { slack }: Sender,
  where: { channelId: string; threadTs: string | null; key: string; oldest: number },
  mayBegin: () => boolean,
): Promise<Answer<string | undefined>> {
  let cursor: string | undefined
  for (let page = 0; page < historyPages; page++) {
    if (!mayBegin()) return outOfTime
    const answer = await slack.findOwn({ ...where, cursor })
    if (!answer.ok) return answer
    if (answer.value.ts !== undefined) return { ok: true, value: answer.value.ts }
    cursor = answer.value.nextCursor
    if (cursor === undefined) return { ok: true, value: undefined }
  }
  log('warn', 'The channel has more messages since the attempt than are read', { channel: where.channelId })
  return { ok: true, value: undefined }
}

/** Editing twice does no harm, so nothing is looked up first. */
async function sendEdit(sender: Sender, row: Row): Promise<Sent> {
  const root = rootOf(sender, row)
  if (root === undefined) return drop(sender, row, 'its message was never sent')
  if (!sender.store.write((sql) => noteAttempt(sql, row, sender.owner, sender.now()))) return { outcome: 'again' }
  // The message stays the root's: whoever looks for the root's key must find it.
  const mark = { key: row.root_key ?? '', kind: 'root', incident: row.incident ?? '' }
  const answer = await sender.slack.update({ ...contentOf(row), ...root, mark })
  if (answer.ok) return finish(sender, row, root)
  if (answer.failure.kind === 'refused') return onRefusal(sender, row, answer.failure)
  return giveBack(sender, row, answer.failure, null)
}

/** Where a new message goes. Without an id (Slack does not list the channel) the name is tried, and Slack says why not. */
async function placeOf(
  sender: Sender,
  row: Row,
  mayBegin: () => boolean,
): Promise<Answer<{ channel: string; channelId: string | undefined; threadTs: string | null }>> {
  if (row.kind === 'reply') {
    const root = rootOf(sender, row)
    if (root !== undefined)
      return { ok: true, value: { channel: root.channelId, channelId: root.channelId, threadTs: root.ts } }
  }
  const id = await sender.ids.find(row.channel, mayBegin)
  if (!id.ok && id.failure.kind !== 'refused') return id
  const channelId = id.ok ? id.value : undefined
  return { ok: true, value: { channel: channelId ?? shownName(row.channel), channelId, threadTs: row.thread_ts } }
}

function rootOf({ store }: Sender, row: Row): { channelId: string; ts: string } | undefined {
  const root = row.root_key === null ? undefined : store.read((sql) => rowOf(sql, row.root_key!))
  return root?.channel_id != null && root.ts !== null ? { channelId: root.channel_id, ts: root.ts } : undefined
}

function contentOf(row: Row): Content {
  const blocks = row.blocks === null ? null : (JSON.parse(row.blocks) as Block[])
  return { text: row.text, blocks, mark: { key: row.key, kind: row.kind, incident: row.incident ?? '' } }
}

/** Some refusals have a way out that needs nobody. */
function onRefusal(sender: Sender, row: Row, failure: Failure & { kind: 'refused' }): Sent {
  const { code } = failure
  if (concernsLayout(code) && row.blocks !== null) {
    log('error', 'Slack refused the layout of a message; its text goes alone', { code, key: row.key })
    return again(sender, row, 'blocks = NULL')
  }
  // The id was of another workspace, or the channel was made anew under its name.
  if (code === 'channel_not_found' && row.kind !== 'edit' && sender.ids.forget(row.channel)) return again(sender, row)
  if (row.kind === 'edit' && code === 'message_not_found' && isOfOpenIncident(sender, row))
    return becomeRoot(sender, row)
  if (
    code === 'message_not_found' ||
    code === 'cant_update_message' ||
    code === 'edit_window_closed' ||
    code === 'thread_not_found'
  )
    return drop(sender, row, code)
  // An earlier attempt may have got through all the same.
  return giveBack(sender, row, failure, row.kind === 'edit' ? null : row.doubt_since)
}

function isOfOpenIncident({ store }: Sender, { root_key }: Row): boolean {
  const open = store.read((sql) =>
    sql.get('SELECT 1 FROM incident WHERE root_key = ? AND resolved_at IS NULL', root_key),
  )
  return open !== undefined
}

/** Somebody deleted the incident's message while the incident goes on: it is told anew, and the thread follows. */
function becomeRoot({ store, owner, now }: Sender, row: Row): Sent {
  store.write((sql) => {
    sql.run('UPDATE outbox SET root_key = ? WHERE root_key = ? AND id <> ?', row.key, row.root_key, row.id)
    sql.run('UPDATE incident SET root_key = ? WHERE root_key = ?', row.key, row.root_key)
    sql.run("UPDATE outbox SET kind = 'root', root_key = NULL WHERE id = ?", row.id)
    release(sql, row, owner, { dueAt: now(), doubtSince: null, reason: '' })
  })
  return { outcome: 'again' }
}

function again({ store, owner, now }: Sender, row: Row, change?: 'blocks = NULL'): Sent {
  store.write((sql) => {
    if (change !== undefined) sql.run('UPDATE outbox SET blocks = NULL WHERE id = ?', row.id)
    release(sql, row, owner, { dueAt: now(), doubtSince: row.doubt_since, reason: '' })
  })
  return { outcome: 'again' }
}
