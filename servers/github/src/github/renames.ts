import type { Coverage } from '@kubevigil/core/observe'
import { cleanLine } from './clean.ts'
import { GitHubError } from './errors.ts'

/** A repository that GitHub knows by another name than the one asked for. */
export interface Renamed {
  from: string
  to: string
}

export interface Renames {
  /** The name to ask for today. */
  current: (repository: string) => string
  /**
   * Takes a rename that GitHub told of.
   * @throws GitHubError unless the new name may be read: it is on the list, or under the same owner. GitHub redirects by the
   * repository's id, so with the owner unchanged it is the same repository in the same hands; one that was given away is not.
   */
  accept: (from: string, to: string) => void
}

/** Remembers renames for as long as the process lives. */
export function createRenames(allowed: readonly string[]): Renames {
  const known = new Map<string, string>()
  return {
    current: (repository) => known.get(repository.toLowerCase()) ?? repository,
    accept(from, to) {
      const isListed = allowed.some((name) => name.toLowerCase() === to.toLowerCase())
      const [before = '', after = ''] = [from, to].map((name) => name.split('/')[0]?.toLowerCase())
      if (!isListed && before !== after) {
        throw new GitHubError(
          'not-allowed',
          `The repository ${from} belongs to another owner now, as ${cleanLine(to, 140)}, and was not read.`,
          'If it is still to be trusted, put its new name into GITHUB_REPOS.',
        )
      }
      known.set(from.toLowerCase(), to)
    },
  }
}

/** The id GitHub redirects a renamed repository's old name to (`/repositories/12/…`); undefined for any other answer. */
export function renamedId(answer: { status: number; headers: { location?: string | undefined } }): number | undefined {
  const { status, headers } = answer
  if (![301, 307, 308].includes(status)) return undefined
  const id = /^(?:https?:\/\/[^/]+)?(?:\/api\/v3)?\/repositories\/(\d{1,15})(?:[/?]|$)/.exec(
    headers.location ?? '',
  )?.[1]
  return id === undefined ? undefined : Number(id)
}

/** How a rename that was followed stands in an answer's coverage. */
export function renameCoverage({ renamed }: { renamed?: Renamed }): Coverage[] {
  if (renamed === undefined) return []
  const name = cleanLine(renamed.to, 140)
  const detail = `GitHub calls ${renamed.from} ${name} now; put the new name into GITHUB_REPOS, the services file and Argo CD or Flux.`
  return [{ source: 'repository', status: 'ok', detail }]
}
