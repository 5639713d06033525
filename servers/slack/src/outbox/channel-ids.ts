import type { Store } from '@kubevigil/store/open'
import { outOfTime, type Answer, type SlackApi } from '../slack/api.ts'
import { isChannelId } from '../slack/channel-policy.ts'

/** Slack's largest page, and how many of them are read to find one name: five thousand channels. */
const pageSize = 999
const mostPages = 5

/** Channel ids by name, looked up when first needed and kept on disk. */
export interface ChannelIds {
  /** The id, or undefined when Slack does not list such a channel to the bot. No page is begun when `mayBegin` says no. */
  find: (name: string, mayBegin: () => boolean) => Promise<Answer<string | undefined>>
  keep: (name: string, id: string) => void
  /** @returns whether there was one to forget */
  forget: (name: string) => boolean
}

/** Makes the lookup over Slack and the store. */
export function createChannelIds(store: Store, slack: SlackApi): ChannelIds {
  function keep(name: string, id: string): void {
    if (isChannelId(name)) return
    store.write((sql) => sql.run('INSERT OR REPLACE INTO channel (name, id) VALUES (?, ?)', name, id))
  }

  async function find(name: string, mayBegin: () => boolean): Promise<Answer<string | undefined>> {
    if (isChannelId(name)) return { ok: true, value: name }
    const known = store.read((sql) => sql.get<{ id: string }>('SELECT id FROM channel WHERE name = ?', name))
    if (known !== undefined) return { ok: true, value: known.id }
    let cursor: string | undefined
    for (let page = 0; page < mostPages; page++) {
      if (!mayBegin()) return outOfTime
      const answer = await slack.listChannels({ limit: pageSize, cursor })
      if (!answer.ok) return answer
      const found = answer.value.channels.find((channel) => channel.name === name)
      if (found !== undefined) {
        keep(name, found.id)
        return { ok: true, value: found.id }
      }
      if (answer.value.nextCursor === undefined) break
      cursor = answer.value.nextCursor
    }
    return { ok: true, value: undefined }
  }

  return {
    find,
    keep,
    forget: (name) => store.write((sql) => sql.run('DELETE FROM channel WHERE name = ?', name).changes > 0),
  }
}
