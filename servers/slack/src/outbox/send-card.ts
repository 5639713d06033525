import type { TeamsApi } from '../teams/webhook.ts'
import { noteAttempt } from './leases.ts'
import { finish, giveBack, type Holder, type Sent } from './outcome.ts'
import type { Row } from './schema.ts'

/**
 * Sends one claimed card. Teams tells nobody what it has, so a card whose answer was lost is sent again: better twice than never.
 */
export async function sendCard(holder: Holder, teams: TeamsApi, row: Row): Promise<Sent> {
  if (!holder.store.write((sql) => noteAttempt(sql, row, holder.owner, holder.now()))) return { outcome: 'again' }
  const answer = await teams.post({ summary: row.text, content: JSON.parse(row.blocks ?? '{}') as object })
  if (answer.ok) return finish(holder, row, { channelId: null, ts: null })
  const doubtSince = answer.failure.kind === 'unsure' ? holder.now() : row.doubt_since
  return giveBack(holder, row, answer.failure, doubtSince)
}
