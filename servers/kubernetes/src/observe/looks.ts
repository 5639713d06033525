import { randomBytes } from 'node:crypto'
import type { ClusterStatus, Incident } from '@kubevigil/core/incident'
import type { Coverage } from '@kubevigil/core/observe'
import { minute } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'

/** What a look at the cluster came to, as far as further pages of its answer need it. */
export interface Look {
  /** What it was narrowed to: a cursor counts only for the same question. */
  scope: string
  snapshot: { takenAt: string; coverage: readonly Coverage[] }
  status: ClusterStatus
  counts: { critical: number; warning: number; info: number }
  listed: readonly Incident[]
}

export interface Looks {
  keep: (look: Look) => Look
  /** A cursor to the rest of a look that was kept. */
  cursor: (look: Look, next: number) => string
  /** @throws UserError when the cursor is of another question or its look is no longer kept */
  resume: (cursor: string, scope: string) => { look: Look; start: number }
}

/** Looks kept for paging: enough for a few clients side by side, and no longer than their answer is still worth reading. */
const most = 4
const lifeMs = 5 * minute

/** Keeps the last few looks, so that further pages show the same moment and cost the cluster nothing. */
export function createLooks(now: () => number): Looks {
  const kept = new Map<string, { look: Look; at: number }>()
  return {
    keep(look) {
      kept.set(randomBytes(6).toString('hex'), { look, at: now() })
      const oldest = [...kept.keys()].slice(0, -most)
      for (const id of oldest) kept.delete(id)
      return look
    },
    cursor(look, next) {
      const id = [...kept].find(([, entry]) => entry.look === look)?.[0]
      return `${id}.${next}`
    },
    resume(cursor, scope) {
      const [id = '', start] = cursor.split('.')
      const entry = kept.get(id)
      if (
        entry === undefined ||
        now() - entry.at > lifeMs ||
        entry.look.scope !== scope ||
        !/^\d{1,6}$/.test(start ?? '')
      ) {
        throw new UserError(
          'cursor-unknown',
          'The cursor is not of this question, or its look at the cluster is older than five minutes.',
          'Ask again without a cursor, with the same context, namespace and minSeverity.',
        )
      }
      return { look: entry.look, start: Number(start) }
    },
  }
}
