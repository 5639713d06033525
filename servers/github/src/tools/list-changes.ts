import { Coverage } from '@kubevigil/core/observe'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { listCommits } from '../github/commits.ts'
import { Row, toRow } from './rows.ts'

export const listChanges = defineTool({
  name: 'list_changes',
  title: 'List changes',
  description:
    'Commits of a repository, newest first, a short row each; narrow by path and time. For what is behind an incident take correlate_incident.',
  effect: 'read',
  input: z.strictObject({
    repository: parameters.repository,
    path: parameters.path.optional(),
    since: parameters.instant.optional().describe('Not committed before, ISO 8601'),
    until: parameters.instant.optional().describe('Not committed after, ISO 8601'),
    limit: z.int().min(1).max(50).default(20).describe('Rows a page'),
    cursor: z.string().max(40).optional().describe('next of the page before, with the same other arguments'),
  }),
  output: z.strictObject({
    repository: z.string(),
    changes: z.array(Row),
    next: z.string().nullable().describe('Cursor of the next page; null at the end'),
    coverage: z.array(Coverage),
  }),
  async run({ repository, path, since, until, limit, cursor }, { allow, client }, { signal }) {
    allow(repository)
    const page = cursor === undefined ? { number: 1, limit } : readCursor(cursor)
    const { commits, hasMore } = await listCommits(
      client,
      { repository, path, since: iso(since), until: iso(until), limit: page.limit, page: page.number },
      { signal, calls: 0 },
    )
    return {
      repository,
      changes: commits.map(toRow),
      next: hasMore ? writeCursor({ ...page, number: page.number + 1 }) : null,
      coverage: [{ source: 'commits', status: 'ok' as const, detail: `${commits.length} on this page` }],
    }
  },
})

interface Page {
  number: number
  limit: number
}

function writeCursor({ number, limit }: Page): string {
  return Buffer.from(`${number}/${limit}`).toString('base64url')
}

function readCursor(cursor: string): Page {
  const [, number, limit] = /^([1-9]\d{0,4})\/([1-9]\d?)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (number !== undefined && Number(limit) <= 50) return { number: Number(number), limit: Number(limit) }
  throw new UserError(
    'bad-cursor',
    `The cursor "${cursor}" is not one of list_changes.`,
    'Take next of the page before, or leave it out to begin.',
  )
}

function iso(instant: string | undefined): string | undefined {
  return instant === undefined ? undefined : new Date(instant).toISOString()
}
