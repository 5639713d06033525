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
  return z.looseObject({}).describe(`${from}, unchanged`).pipe(schema)
}
