import type { Store } from '@kubevigil/store/open'
import type { SlackApi } from '../slack/api.ts'
import { lacksLink, noteMember } from './digests.ts'
import type { Routing } from './incident-rows.ts'
import { rowOf } from './rows.ts'
import type { Row } from './schema.ts'

/**
 * Once an incident that a digest names has its own message, lets the digest's line lead there. Without an answer the line only
 * says that there is one.
 */
export async function linkFromDigest(
  { store, slack, routing, now }: { store: Store; slack: SlackApi; routing: Routing; now: () => number },
  { key, kind, incident }: Row,
): Promise<void> {
  if (kind !== 'root' || incident === null || !store.read((sql) => lacksLink(sql, incident))) return
  const sent = store.read((sql) => rowOf(sql, key))
  if (sent?.channel_id == null || sent.ts === null) return
  const answer = await slack.permalink({ channelId: sent.channel_id, ts: sent.ts })
  if (!answer.ok) return
  store.write((sql) => noteMember(sql, incident, { state: 'own', link: answer.value }, routing, now()))
}
