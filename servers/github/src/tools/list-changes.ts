import { Coverage } from '@kubevigil/core/observe'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { openInquiry } from '../correlate/inquiry.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { kinds, readTimeLine, TimeRow, type Kind } from './time-line.ts'

/** Most rows of one instant: a rebase gives many commits the same time. */
const mostAtOnce = 50

export const listChanges = defineTool({
  name: 'list_changes',
  title: 'List changes',
  description:
    'Time line, newest first: commits, merged pull requests, releases, deployments, workflow runs, a short row each.',
  effect: 'read',
  input: z.strictObject({
    repository: parameters.repository,
    path: parameters.path.optional().describe('File or folder; then commits only'),
    kinds: z.array(z.enum(kinds)).min(1).max(5).optional().describe('All if absent'),
    since: parameters.instant.optional().describe('Not before, ISO 8601'),
    until: parameters.instant.optional().describe('Not after, ISO 8601'),
    limit: z.int().min(1).max(50).default(20).describe('Rows a page'),
    cursor: z.string().max(40).optional().describe('next of the page before'),
  }),
  output: z.strictObject({
    repository: z.string(),
    changes: z.array(TimeRow),
    next: z.string().nullable().describe('Cursor of the next page; null at the end'),
    coverage: z.array(Coverage),
  }),
  async run(args, { allow, client }, { signal }) {
    const { repository, path, since, cursor } = args
    allow(repository)
    const start = cursor === undefined ? undefined : readCursor('list_changes', cursor, [8_640_000_000_000, 50, 50])
    const [end, shown = 0, limit = args.limit] = start ?? []
    const until = end === undefined ? args.until : new Date(end).toISOString()
    const inquiry = openInquiry(client, { signal, calls: 0 })
    const span = { repository, path, since: iso(since), until: iso(until), limit: limit + shown }
    const { rows, hasMore } = await readTimeLine(span, wantedKinds(path, args.kinds), inquiry)
    const changes = rows.slice(shown, shown + limit)
    const isEnd = changes.length === 0 || (!hasMore && rows.length <= shown + limit)
    return {
      repository,
      changes,
      next: isEnd ? null : after(changes, { end, shown, limit }),
      coverage: inquiry.coverage,
    }
  },
})

/** Only commits know paths. */
function wantedKinds(path: string | undefined, asked: readonly Kind[] | undefined): readonly Kind[] {
  if (path !== undefined && path !== '.') return ['commit']
  return [...new Set(asked ?? kinds)]
}

/** The next page begins at the last row's time, behind the rows of that time that were shown. */
function after(
  changes: readonly TimeRow[],
  { end, shown, limit }: { end: number | undefined; shown: number; limit: number },
): string {
  const last = Date.parse(changes.at(-1)!.time)
  const atLast = changes.filter(({ time }) => Date.parse(time) === last).length + (last === end ? shown : 0)
  // More of one instant than a page can pass over would go in a circle: go on behind it.
  return atLast > mostAtOnce ? writeCursor(last - 1000, 0, limit) : writeCursor(last, atLast, limit)
}

function iso(instant: string | undefined): string | undefined {
  return instant === undefined ? undefined : new Date(instant).toISOString()
}
