import type { Coverage } from '@kubevigil/core/observe'
import { z } from 'zod'
import type { GitHubContext } from '../context.ts'
import { GitHubError } from '../github/errors.ts'

/** Most repositories of one search: a longer query is refused. */
const mostRepositories = 20

/** Words to look for. What could widen the scope is refused; hits from elsewhere are dropped all the same. */
export const words = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !/[\w-]+:|[()]|\b(?:AND|OR|NOT)\b/.test(text.replaceAll(/"[^"]*"/g, '')), {
    message: 'write words only: no qualifiers such as repo:, no brackets, no AND, OR, NOT; put exact text into quotes',
  })
  .refine((text) => text.split('"').length % 2 === 1, { message: 'a quote is not closed' })
  .describe('Words; exact text in quotes; no qualifiers')

/**
 * The qualifiers that keep a search to one repository, or to all that may be read.
 * @throws GitHubError when the repository may not be read or there is none
 */
export function scopeOf({ allow, repositories }: GitHubContext, repository: string | undefined): string {
  if (repository !== undefined) {
    allow(repository)
    return `repo:${repository}`
  }
  if (repositories.length === 0) {
    throw new GitHubError('not-allowed', 'No repository may be read.', 'Set GITHUB_REPOS.')
  }
  return repositories
    .slice(0, mostRepositories)
    .map((name) => `repo:${name}`)
    .join(' ')
}

/** Drops hits of repositories that may not be read, whatever GitHub made of the query. */
export function onlyAllowed<T extends { repository: string }>({ allow }: GitHubContext, hits: readonly T[]): T[] {
  return hits.filter(({ repository }) => {
    try {
      allow(repository)
      return true
    } catch (error) {
      if (error instanceof GitHubError) return false
      throw error
    }
  })
}

/** How a search stands in coverage. */
export function searchCoverage(
  { repositories }: GitHubContext,
  repository: string | undefined,
  complete: boolean,
): Coverage[] {
  const left = repository === undefined ? Math.max(0, repositories.length - mostRepositories) : 0
  const detail = [
    ...(complete ? [] : ['There are more hits: narrow the words.']),
    ...(left === 0 ? [] : [`${left} allowed repositories were not searched: name one.`]),
  ].join(' ')
  return [{ source: 'search', status: complete && left === 0 ? 'ok' : 'partial', detail }]
}
