import { z } from 'zod'
import { cleanLine } from './clean.ts'
import type { GitHubClient, Session } from './client.ts'
import { split } from './shapes.ts'

/** An issue that the server itself wrote. */
export interface OwnIssue {
  number: number
  url: string
  isOpen: boolean
  /** Raw, with the server's mark in it; not for an answer. */
  body: string
  comments: number
}

const ApiIssue = z.object({
  number: z.number(),
  html_url: z.string().nullish(),
  state: z.string(),
  body: z.string().nullish(),
  comments: z.number().nullish(),
  user: z.object({ login: z.string().nullish() }).nullish(),
  pull_request: z.object({}).nullish(),
})

/** What can be written to an issue. */
export interface IssueChange {
  title?: string
  body?: string
  state?: 'open' | 'closed'
  state_reason?: 'completed' | 'not_planned' | 'reopened'
}

/** Pages of 100 issues that are looked through. */
const pages = 5

/**
 * Lists the issues one account opened, last touched first. The list is current; the search index is minutes behind.
 * @returns `complete` is false when there are more
 */
export async function listOwnIssues(
  client: GitHubClient,
  { repository, login, state }: { repository: string; login: string; state: 'open' | 'closed' },
  session: Session,
): Promise<{ issues: OwnIssue[]; complete: boolean }> {
  const issues: OwnIssue[] = []
  for (let page = 1; page <= pages; page += 1) {
    const { data, hasMore } = await client.get(
      {
        route: 'GET /repos/{owner}/{repo}/issues',
        params: {
          ...split(repository),
          creator: login,
          state,
          sort: 'updated',
          direction: 'desc',
          per_page: 100,
          page,
        },
        schema: z.array(ApiIssue),
        what: `the issues of ${repository}`,
      },
      session,
    )
    const own = data.filter((issue) => (issue.pull_request ?? undefined) === undefined && issue.user?.login === login)
    issues.push(...own.map(toIssue))
    if (!hasMore) return { issues, complete: true }
  }
  return { issues, complete: false }
}

/** Opens an issue with the label by which people find those of the server. */
export async function createIssue(
  client: GitHubClient,
  { repository, ...issue }: { repository: string; title: string; body: string },
  session: Session,
): Promise<OwnIssue> {
  const api = await client.send(
    {
      route: 'POST /repos/{owner}/{repo}/issues',
      params: { ...split(repository), ...issue, labels: ['kubevigil'] },
      schema: ApiIssue,
      what: `an issue in ${repository}`,
    },
    session,
  )
  return toIssue(api)
}

/** Changes an issue. @returns it as it is then */
export async function updateIssue(
  client: GitHubClient,
  { repository, number, change }: { repository: string; number: number; change: IssueChange },
  session: Session,
): Promise<OwnIssue> {
  const api = await client.send(
    {
      route: 'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
      params: { ...split(repository), issue_number: number, ...change },
      schema: ApiIssue,
      what: `issue #${number} of ${repository}`,
    },
    session,
  )
  return toIssue(api)
}

/** Whether one of the newest comments holds a text. */
export async function hasComment(
  client: GitHubClient,
  { repository, issue, text }: { repository: string; issue: OwnIssue; text: string },
  session: Session,
): Promise<boolean> {
  // A comment that was just written may not be counted yet, so the page behind the last full one is read.
  const page = Math.floor(issue.comments / 100) + 1
  const { data } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
      params: { ...split(repository), issue_number: issue.number, per_page: 100, page },
      schema: z.array(z.object({ body: z.string().nullish() })),
      what: `the comments of issue #${issue.number} in ${repository}`,
    },
    session,
  )
  return data.some(({ body }) => body?.includes(text) === true)
}

/** Writes a comment under an issue. */
export async function createComment(
  client: GitHubClient,
  { repository, number, body }: { repository: string; number: number; body: string },
  session: Session,
): Promise<void> {
  await client.send(
    {
      route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
      params: { ...split(repository), issue_number: number, body },
      schema: z.object({ id: z.number() }),
      what: `a comment on issue #${number} of ${repository}`,
    },
    session,
  )
}

function toIssue(api: z.output<typeof ApiIssue>): OwnIssue {
  return {
    number: api.number,
    url: cleanLine(api.html_url ?? '', 250),
    isOpen: api.state === 'open',
    body: api.body ?? '',
    comments: api.comments ?? 0,
  }
}
