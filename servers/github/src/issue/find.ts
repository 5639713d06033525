import type { GitHubClient, Session } from '../github/client.ts'
import { GitHubError } from '../github/errors.ts'
import { listOwnIssues, updateIssue, type OwnIssue } from '../github/issues.ts'
import { readMark, type Mark } from './mark.ts'

/** An incident's issue with what was noted in it. */
export interface Kept {
  issue: OwnIssue
  mark: Mark
}

export interface Place {
  client: GitHubClient
  repository: string
  session: Session
}

/**
 * Finds the issues of an incident, oldest first: among the open ones of the server's account, else among the closed ones.
 * @returns `complete` is false when older closed ones were not looked at
 * @throws GitHubError when there are too many open ones to be sure: a second issue must not come of it
 */
export async function findIssues(
  { client, repository, session }: Place,
  fingerprint: string,
): Promise<{ found: Kept[]; complete: boolean }> {
  const login = await client.login(session)
  const open = await listOwnIssues(client, { repository, login, state: 'open' }, session)
  const own = ofIncident(open.issues, fingerprint)
  if (own.length > 0) return { found: own, complete: true }
  if (!open.complete) {
    throw new GitHubError(
      'invalid',
      `${login} has too many open issues in ${repository} to tell whether one is this incident's.`,
      'Close those that are done, or give the server an account of its own.',
    )
  }
  const closed = await listOwnIssues(client, { repository, login, state: 'closed' }, session)
  return { found: ofIncident(closed.issues, fingerprint), complete: closed.complete }
}

/** Closes what two servers opened at the same time, all but the oldest: both come to the same. */
export async function closeYounger({ client, repository, session }: Place, found: readonly Kept[]): Promise<void> {
  const [oldest, ...younger] = found
  for (const { issue } of younger) {
    const change = {
      state: 'closed',
      state_reason: 'not_planned',
      body: `The same as #${oldest!.issue.number}.`,
    } as const
    if (issue.isOpen) await updateIssue(client, { repository, number: issue.number, change }, session)
  }
}

function ofIncident(issues: readonly OwnIssue[], fingerprint: string): Kept[] {
  return issues
    .flatMap((issue): Kept[] => {
      const mark = readMark(issue.body)
      return mark?.fingerprint === fingerprint ? [{ issue, mark }] : []
    })
    .sort((a, b) => a.issue.number - b.issue.number)
}
