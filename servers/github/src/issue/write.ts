import { GitHubError, isUnclear } from '../github/errors.ts'
import {
  createComment,
  createIssue,
  hasComment,
  updateIssue,
  type IssueChange,
  type OwnIssue,
} from '../github/issues.ts'
import { closeYounger, findIssues, type Kept, type Place } from './find.ts'
import { commentMark, composeBody, withMark, type Mark } from './mark.ts'

/** What is to stand in an issue. */
export interface Wanted {
  fingerprint: string
  title: string
  text: string
  digest: string
}

/**
 * Opens an incident's issue. After an unclear failure it looks for it, and after success for one that another server opened at
 * the same time, of which the older one stays.
 */
export async function openIssue(place: Place, { fingerprint, title, text, digest }: Wanted): Promise<OwnIssue> {
  const { client, repository, session } = place
  const mark: Mark = { fingerprint, state: 'open', digest, count: 1 }
  const created = await createIssue(client, { repository, title, body: composeBody(text, mark) }, session).catch(
    (error: unknown) => {
      if (error instanceof GitHubError && isUnclear(error)) return undefined
      throw error
    },
  )
  const { found } = await findIssues(place, fingerprint)
  const isListed = created === undefined || found.some(({ issue }) => issue.number === created.number)
  const all = isListed ? found : [...found, { issue: created, mark }]
  const [oldest, ...younger] = all.toSorted((a, b) => a.issue.number - b.issue.number)
  if (oldest === undefined) {
    throw new GitHubError(
      'server',
      `Whether GitHub opened the issue in ${repository} is not known: it is not in the list.`,
      'Call the tool again: it looks before it writes.',
    )
  }
  await closeYounger(place, [oldest, ...younger])
  return oldest.issue
}

/** The changed part of an incident's issue: first the comment, then the issue, so that what fails in between is made up for. */
export async function changeIssue(
  { client, repository, session }: Place,
  { issue, mark }: Kept,
  { comment, text, ...change }: { comment: string; text?: string; mark: Partial<Mark> } & Omit<IssueChange, 'body'>,
): Promise<OwnIssue> {
  const next: Mark = { ...mark, ...change.mark, count: mark.count + 1 }
  const trace = commentMark(next.count)
  const look = () => hasComment(client, { repository, issue, text: trace }, session)
  if (comment !== '' && !(await look())) {
    const body = `${comment}\n\n${trace}`
    await createComment(client, { repository, number: issue.number, body }, session).catch(async (error: unknown) => {
      if (!(error instanceof GitHubError && isUnclear(error)) || !(await look())) throw error
    })
  }
  const body = text === undefined ? withMark(issue.body, next) : composeBody(text, next, issue.body)
  const { mark: _, ...rest } = change
  return updateIssue(client, { repository, number: issue.number, change: { ...rest, body } }, session)
}
