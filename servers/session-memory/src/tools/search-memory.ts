import { clip, takeWithin } from '@kubevigil/core/budget'
import { refKey } from '@kubevigil/core/incident'
import { Sev } from '@kubevigil/core/policy'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { matchesOf } from '../recall/match.ts'
import { documentKinds, type Hit } from '../store/search.ts'

const rowBudget = 15_000

const Row = z.strictObject({
  kind: z.enum(documentKinds),
  id: z.int().describe('Of the incident, for get_incident'),
  fingerprint: z.string(),
  cluster: z.string(),
  at: z.string(),
  sev: Sev,
  state: z.enum(['open', 'resolved']),
  root: z.string(),
  title: z.string(),
  excerpt: z.string(),
})

export const searchMemory = defineTool({
  name: 'search_memory',
  title: 'Search memory',
  description:
    'Finds incidents, decisions and notes by words: names, rules, causes, reasons. Best first; get_incident tells the rest.',
  effect: 'read',
  input: z.strictObject({
    query: z.string().min(1).max(300).describe('All words, else any'),
    kinds: z.array(z.enum(documentKinds)).max(3).default([]).describe('All when empty'),
    cluster: parameters.cluster.optional().describe('Only this cluster'),
    limit: z.int().min(1).max(50).default(10).describe('Most rows'),
    cursor: z
      .string()
      .regex(/^(?:all|any)~\d{1,5}$/, 'take nextCursor of the page before')
      .optional()
      .describe('nextCursor of the page before'),
  }),
  output: z.strictObject({
    matched: z.enum(['all', 'any', 'none']).describe('How many of the words a row holds'),
    rows: z.array(Row),
    nextCursor: z.string().nullable(),
  }),
  async run({ query, limit, cursor, ...filter }, { memory }) {
    const matches = matchesOf(query)
    if (matches === undefined)
      throw new UserError('query-empty', 'The query holds no word.', 'Write a name, a namespace, a rule or a cause.')
    const [mode, offset] = readCursor(cursor)
    const page = { ...filter, limit: limit + 1, offset }
    const asked = await memory.search({ ...page, match: matches[mode] })
    const widen = asked.length === 0 && cursor === undefined
    const found = widen ? await memory.search({ ...page, match: matches.any }) : asked
    const matched = widen ? 'any' : mode
    const { kept } = takeWithin(found.slice(0, limit).map(toRow), rowBudget)
    return {
      matched: found.length === 0 ? ('none' as const) : matched,
      rows: kept,
      nextCursor: found.length > kept.length ? `${matched}~${offset + kept.length}` : null,
    }
  },
})

function toRow({ resolvedAt, root, title, excerpt, ...hit }: Hit): z.input<typeof Row> {
  return {
    ...hit,
    state: resolvedAt === null ? 'open' : 'resolved',
    root: clip(refKey(root), 200),
    title: clip(title, 160),
    excerpt: clip(excerpt, 300),
  }
}

function readCursor(cursor: string | undefined): ['all' | 'any', number] {
  const [mode, offset] = (cursor ?? 'all~0').split('~') as ['all' | 'any', string]
  return [mode, Number(offset)]
}
