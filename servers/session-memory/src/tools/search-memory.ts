import { clip, takeWithin } from '@kubevigil/core/budget'
import { refKey } from '@kubevigil/core/incident'
import { Sev } from '@kubevigil/core/policy'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { excerptOf } from '../recall/excerpt.ts'
import { wordsOf } from '../recall/match.ts'
import type { Memory } from '../store/memory.ts'
import { documentKinds, type Hit } from '../store/search.ts'
import { importances, messageRoles, type StoredMessage } from '../store/sessions.ts'

const rowBudget = 15_000

const Row = z.strictObject({
  kind: z.enum(documentKinds),
  id: z.int().describe('Of the message for a message, else of the incident, for get_incident'),
  cluster: z.string(),
  at: z.string(),
  title: z.string(),
  excerpt: z.string(),
  // Null for a message.
  fingerprint: z.string().nullable(),
  sev: Sev.nullable(),
  state: z.enum(['open', 'resolved']).nullable(),
  root: z.string().nullable(),
})

const Message = z.strictObject({
  id: z.int(),
  session: z.string(),
  cluster: z.string(),
  at: z.string(),
  role: z.enum(messageRoles),
  importance: z.enum(importances),
  pinned: z.boolean(),
  text: z.string(),
})

export const searchMemory = defineTool({
  name: 'search_memory',
  title: 'Search memory',
  description:
    'Finds incidents, decisions, notes and messages by words. Best first; get_incident, or message, tells the rest.',
  effect: 'read',
  input: z.strictObject({
    query: z.string().min(1).max(300).optional().describe('All words, else any'),
    kinds: z.array(z.enum(documentKinds)).max(4).default([]).describe('All when empty'),
    cluster: parameters.cluster.optional().describe('Only this cluster'),
    limit: z.int().min(1).max(50).default(10).describe('Most rows'),
    cursor: z
      .string()
      .regex(/^(?:all|any)~\d{1,5}$/, 'take nextCursor of the page before')
      .optional()
      .describe('nextCursor before'),
    message: z.int().min(1).max(1e12).optional().describe('Instead of query: a message id, to read it whole'),
  }),
  output: z.strictObject({
    matched: z.enum(['all', 'any', 'none']).describe('How many of the words a row holds'),
    rows: z.array(Row),
    nextCursor: z.string().nullable(),
    message: Message.nullable(),
  }),
  async run({ query, limit, cursor, message, ...filter }, { memory, now }) {
    if ((query === undefined) === (message === undefined))
      throw new UserError('search-key', 'Search by query, or read one message.', 'Give exactly one of the two.')
    if (message !== undefined)
      return { matched: 'none' as const, rows: [], nextCursor: null, message: await read(memory, message) }
    const words = wordsOf(query ?? '')
    if (words.length === 0)
      throw new UserError('query-empty', 'The query holds no word.', 'Write a name, a namespace, a rule or a cause.')
    const [mode, offset] = readCursor(cursor)
    const page = { ...filter, words, limit: limit + 1, offset }
    const asked = await memory.search({ ...page, mode }, now())
    const widen = asked.length === 0 && cursor === undefined
    const found = widen ? await memory.search({ ...page, mode: 'any' }, now()) : asked
    const matched = widen ? 'any' : mode
    const { kept } = takeWithin(
      found.slice(0, limit).map((hit) => toRow(hit, words)),
      rowBudget,
    )
    return {
      matched: found.length === 0 ? ('none' as const) : matched,
      rows: kept,
      nextCursor: found.length > kept.length ? `${matched}~${offset + kept.length}` : null,
      message: null,
    }
  },
})

async function read(memory: Memory, id: number): Promise<StoredMessage> {
  const message = await memory.message(id)
  if (message !== undefined) return message
  throw new UserError(
    'message-unknown',
    `No message is kept under ${id}.`,
    'A search with the kind message shows what is.',
  )
}

function toRow({ kind, id, cluster, at, body, incident, message }: Hit, words: readonly string[]): z.input<typeof Row> {
  return {
    kind,
    id,
    cluster,
    at,
    title: clip(incident?.title ?? `${message?.role} in session ${message?.session}`, 160),
    excerpt: clip(excerptOf(body, words), 300),
    fingerprint: incident?.fingerprint ?? null,
    sev: incident?.sev ?? null,
    state: incident === null ? null : incident.resolvedAt === null ? 'open' : 'resolved',
    root: incident === null ? null : clip(refKey(incident.root), 200),
  }
}

function readCursor(cursor: string | undefined): ['all' | 'any', number] {
  const [mode, offset] = (cursor ?? 'all~0').split('~') as ['all' | 'any', string]
  return [mode, Number(offset)]
}
