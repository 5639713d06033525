import type { ServiceCatalog } from '@kubevigil/core/policy'
import { defineTool as define } from '@kubevigil/mcp-kit/define-tool'
import { z } from 'zod'
import type { Config } from './config.ts'
import { createClient, type GitHubClient } from './github/client.ts'
import { GitHubError } from './github/errors.ts'
import { createQueue, type Queue } from './issue/queue.ts'

/** What a tool of this server may touch. */
export interface GitHubContext {
  client: GitHubClient
  catalog: ServiceCatalog
  /** Throws unless the repository may be read. Every name passes it, whoever gave it: a cluster's objects must not steer the token. */
  allow: (repository: string) => void
  /** All that may be read, for a search. */
  repositories: readonly string[]
  /** Branches, draft pull requests and issues may be written; else a tool says what it would do. */
  allowWrites: boolean
  /** Keeps two calls about one incident apart. */
  queue: Queue
  now: () => number
}

/** @param options for tests: how long one call to GitHub may take, and the clock */
export function createContext(config: Config, options: { timeoutMs?: number; now?: () => number } = {}): GitHubContext {
  const { credentials, apiUrl, allowed, allowWrites, catalog } = config
  const { repositories } = allowed
  const names = new Set(allowed.repositories.map((name) => name.toLowerCase()))
  return {
    client: createClient({ credentials, apiUrl, repositories, timeoutMs: options.timeoutMs ?? 10_000 }),
    catalog,
    allow(repository) {
      if (names.has(repository.toLowerCase())) return
      const now = allowed.repositories.length === 0 ? 'none' : allowed.repositories.slice(0, 10).join(', ')
      const hint =
        allowed.from === 'GITHUB_REPOS'
          ? `Add it to GITHUB_REPOS to allow it; allowed now: ${now}.`
          : `GITHUB_REPOS is not set, so only repositories that the services file (KUBEVIGIL_SERVICES) names are allowed: ${now}. Set GITHUB_REPOS to allow it.`
      throw new GitHubError('not-allowed', `The repository ${repository} may not be read.`, hint)
    },
    repositories,
    allowWrites,
    queue: createQueue(),
    now: options.now ?? Date.now,
  }
}

export const defineTool = define<GitHubContext>()

/**
 * An object that a caller hands on as another tool answered it. It is checked by its whole schema, but listed without its
 * fields: a model copies it, and needs no second description of what it copies.
 */
export function handedOn<S extends z.ZodObject>(schema: S) {
  return z.looseObject({}).pipe(schema)
}

function isRepository(text: string): boolean {
  return /^[\w.-]+\/[\w.-]+$/.test(text)
}

function isPlainPath(path: string): boolean {
  return !path.startsWith('/') && path.split('/').every((segment) => segment !== '..')
}

function isRevision(text: string): boolean {
  return /^[\w][\w./+@-]*$/.test(text) && !text.includes('..')
}

/** Parameters that several tools share, in one vocabulary. */
export const parameters = {
  repository: z
    .string()
    .max(140)
    // A rule that a pattern would list with every tool.
    .refine(isRepository, 'write it as owner/name')
    .describe('owner/name, on the allow-list'),
  path: z
    .string()
    .max(1024)
    .refine(isPlainPath, 'write it from the root of the repository, without .. and a leading slash')
    .describe('File or folder, from the root'),
  revision: z.string().max(256).refine(isRevision, 'is no commit, branch or tag').describe('Commit, branch or tag'),
  instant: z
    .string()
    .max(40)
    .refine((text) => !Number.isNaN(Date.parse(text)), 'write it like 2026-11-20T14:00:00Z')
    .describe('ISO 8601'),
}
