import type { GitHubClient, Session } from '../github/client.ts'
import { findPullOfBranch, openDraft, type ChangePull } from '../github/change-pulls.ts'
import { GitHubError, isUnclear } from '../github/errors.ts'
import type { GitData } from '../github/git-data.ts'
import { cannotChange, type FileChange } from './file-change.ts'

/** Every branch that is written begins with it. */
export const branchPrefix = 'kubevigil/'

/** A change, ready to be written. */
export interface Proposal {
  repository: string
  /** The same for the same request: it names the branch, and is found again in its commit. */
  key: string
  branch: string
  base: string
  /** Commit of the base branch that the changes were built on. */
  head: string
  title: string
  body: string
  changes: readonly FileChange[]
}

/**
 * Writes a change as one commit on a branch of its own, and opens a draft pull request for it. What is there already is taken
 * as it is, so that the same request, repeated after whatever failure, comes to the same branch and the same pull request.
 */
export async function propose(
  proposal: Proposal,
  git: GitData,
  client: GitHubClient,
  session: Session,
): Promise<ChangePull> {
  const { repository, branch, base, title, body } = proposal
  if (!branch.startsWith(branchPrefix) || branch === base)
    throw cannotChange(`${branch} is no branch of its own.`, 'Take another base.')
  if ((await git.headOf(branch)) === undefined) await writeBranch(proposal, git)
  else await recognise(proposal, git)
  const look = () => findPullOfBranch(client, { repository, branch }, session)
  try {
    return await openDraft(client, { repository, branch, base, title, body }, session)
  } catch (error) {
    if (!mayBeDone(error)) throw error
    const found = await look()
    if (found !== undefined) return found
    if (!(error instanceof GitHubError && error.failure === 'invalid')) throw error
    // Some plans have no drafts: what is opened otherwise could be merged before anybody looked.
    const hint = `The branch ${branch} is written: open the pull request from it by hand.`
    throw new GitHubError('invalid', error.message, hint, { cause: error })
  }
}

async function writeBranch(proposal: Proposal, git: GitData): Promise<void> {
  const { branch, head, title, key, changes } = proposal
  const { tree } = await git.commit(head)
  const written = await git.writeTree(
    tree,
    changes.map(({ entry }) => entry),
  )
  const message = `${title}\n\n${trailer(key)}\n`
  const commit = await git.writeCommit({ message, tree: written, parent: head })
  try {
    await git.createBranch(branch, commit)
  } catch (error) {
    if (!mayBeDone(error) || (await git.headOf(branch)) === undefined) throw error
    await recognise(proposal, git)
  }
}

/** A branch of that name must be one this request made. */
async function recognise({ branch, key }: Proposal, git: GitData): Promise<void> {
  const { message } = await git.commit((await git.headOf(branch)) ?? '')
  if (message.includes(trailer(key))) return
  throw cannotChange(
    `There is a branch ${branch} that holds other commits.`,
    'Open the pull request from it by hand, or take the branch away.',
  )
}

function trailer(key: string): string {
  return `Kubevigil-Change: ${key}`
}

/** It failed, but the answer leaves open whether it was done: now, or before by the same request. */
function mayBeDone(error: unknown): boolean {
  return error instanceof GitHubError && (isUnclear(error) || error.failure === 'invalid')
}
