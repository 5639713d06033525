import type { Policy, ServiceCatalog } from '@kubevigil/core/policy'
import { defineTool as define } from '@kubevigil/mcp-kit/define-tool'
import { log } from '@kubevigil/mcp-kit/log'
import { z } from 'zod'
import type { MemoryConfig } from './config.ts'
import { openMemory, type Memory } from './store/memory.ts'

/** What a tool of this server may touch. */
export interface MemoryContext {
  memory: Memory
  catalog: ServiceCatalog
  hasCatalog: boolean
  policy: Policy
  maxContextTokens: number
  now: () => number
}

/** Opens the memory; what happened to its file is logged and told with the next assessment. */
export async function createContext(config: MemoryConfig): Promise<MemoryContext> {
  const { catalog, hasCatalog, policy, maxContextTokens } = config
  const memory = await openMemory(config.databasePath)
  for (const notice of memory.notices) log('warn', 'The database was repaired', { notice })
  return { memory, catalog, hasCatalog, policy, maxContextTokens, now: Date.now }
}

export const defineTool = define<MemoryContext>()

/** Parameters that several tools share, in one vocabulary. */
export const parameters = {
  cluster: z.string().min(1).max(200).describe('Cluster, as check_cluster_health names it'),
}

/** A conversation over many cycles, by name. */
export const sessionName = z
  .string()
  .regex(/^[\w.:-]{1,64}$/, 'write letters, digits, _ . : -, at most 64')
  .describe('Name of a conversation over many cycles')

/** A file in the exports folder beside the database: never a path. */
export const exportName = z
  .string()
  .regex(/^\w[\w.-]{0,99}$/, 'give a name without a folder: exports lie in the exports folder beside the database')
  .describe('Name, such as memory.jsonl')

/** The two ways to name one remembered incident. */
export const incidentKey = {
  fingerprint: z.string().min(1).max(64).optional().describe('As other tools show it'),
  id: z.int().min(1).optional().describe('Instead of the fingerprint: id of search_memory'),
}

/**
 * An object that a caller hands on as another tool answered it. It is checked by its whole schema, but listed without its
 * fields: a model copies it, and needs no second description of what it copies.
 */
export function handedOn<S extends z.ZodObject>(schema: S, from: string) {
  return inWords(schema, `${from}, unchanged`)
}

/** An object that is checked by its whole schema and listed in words only, which take fewer tokens than its fields. */
export function inWords<S extends z.ZodObject>(schema: S, words: string) {
  const listed = { description: words, properties: undefined, additionalProperties: undefined }
  return z.looseObject({}).meta(listed).pipe(schema)
}
