import { z } from 'zod'
import { cleanLine } from './clean.ts'
import type { GitHubClient, Session } from './client.ts'
import { split } from './shapes.ts'

/** A pull request by its branch. */
export interface ChangePull {
  number: number
  url: string
  state: 'open' | 'closed' | 'merged'
}

const ApiChangePull = z.object({
  number: z.number(),
  html_url: z.string().nullish(),
  state: z.string(),
  merged_at: z.string().nullish(),
  head: z.object({ ref: z.string() }),
})

/** The newest pull request of a branch, whatever became of it. */
export async function findPullOfBranch(
  client: GitHubClient,
  { repository, branch }: { repository: string; branch: string },
  session: Session,
): Promise<ChangePull | undefined> {
  const { owner, repo } = split(repository)
  const { data } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/pulls',
      params: { owner, repo, head: `${owner}:${branch}`, state: 'all', per_page: 10 },
      schema: z.array(ApiChangePull),
      what: `the pull requests of ${branch} in ${repository}`,
    },
    session,
  )
  const found = data.filter(({ head }) => head.ref === branch).sort((a, b) => b.number - a.number)[0]
  return found === undefined ? undefined : toPull(found)
}

/** Opens a draft. */
export async function openDraft(
  client: GitHubClient,
  { repository, ...draft }: { repository: string; branch: string; base: string; title: string; body: string },
  session: Session,
): Promise<ChangePull> {
  const { branch, ...rest } = draft
  const api = await client.send(
    {
      route: 'POST /repos/{owner}/{repo}/pulls',
      params: { ...split(repository), ...rest, head: branch, draft: true },
      schema: ApiChangePull,
      what: `a draft pull request of ${branch} in ${repository}`,
    },
    session,
  )
  return toPull(api)
}

/** The branch that a repository's pull requests go into by default. */
export async function defaultBranch(
  client: GitHubClient,
  { repository }: { repository: string },
  session: Session,
): Promise<string> {
  const { data } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}',
      params: split(repository),
      schema: z.object({ default_branch: z.string() }),
      what: `the repository ${repository}`,
    },
    session,
  )
  return data.default_branch
}

function toPull(api: z.output<typeof ApiChangePull>): ChangePull {
  const isMerged = (api.merged_at ?? '') !== ''
  return {
    number: api.number,
    url: cleanLine(api.html_url ?? '', 250),
    state: isMerged ? 'merged' : api.state === 'open' ? 'open' : 'closed',
  }
}
