import type { Rollout, Suspect } from '@kubevigil/core/change'
import { applicationRoot, sameCommit } from '@kubevigil/core/correlate'
import type { RollbackPlan } from '@kubevigil/core/rollback'
import { getCommit, listCommits, type Commit, type CommitDetail } from '../github/commits.ts'
import { isBelow } from '../github/shapes.ts'
import { inParallel, type Inquiry } from './inquiry.ts'
import type { Target } from './target.ts'

/** Files of a change whose later commits are looked up, commits listed for each, and lines about them. */
const limits = { files: 5, listed: 50, named: 12 }

/** What GitHub tells about a change that is to be taken back. */
export interface TakenBack {
  commit: CommitDetail
  suspect: Suspect
  /** Commits after it that touch the same files or the workload's folder, newest first. */
  later: { commit: Commit; sameFile: boolean }[]
}

/** Reads the change and what came after it in its files and in the workload's folder; undefined when it cannot be read. */
export async function readTakenBack(
  { repository, path, branch }: Target,
  { sha, rollouts }: { sha: string; rollouts: readonly Rollout[] },
  { client, session, ask, note }: Inquiry,
): Promise<TakenBack | undefined> {
  const commit = await ask('commit', () => getCommit(client, { repository, ref: sha }, session))
  if (commit === undefined) return undefined
  note({
    source: 'commit',
    status: commit.complete ? 'ok' : 'partial',
    detail: commit.complete ? '' : 'GitHub shows the first 300 files only.',
  })
  const folder = path === '' || path === '.' ? '' : applicationRoot(path)
  const touched = commit.files.map((file) => file.path)
  const files = [
    ...touched.filter((file) => isBelow(file, folder)),
    ...touched.filter((file) => !isBelow(file, folder)),
  ]
  const chosen = files.slice(0, limits.files)
  const source = 'later changes'
  let cut = files.length > chosen.length
  const lists = await inParallel([...chosen, ...(folder === '' ? [] : [folder])], async (place) => {
    const listed = await ask(source, () =>
      listCommits(client, { repository, path: place, ref: branch, limit: limits.listed }, session),
    )
    if (listed === undefined) return []
    const later = laterThan(commit, listed.commits)
    cut ||= listed.hasMore && later.length === listed.commits.length
    return later.map((found) => ({ commit: found, sameFile: place !== folder }))
  })
  note({
    source,
    status: cut ? 'partial' : 'ok',
    detail: cut
      ? `Only ${chosen.length} of ${files.length} files and the newest ${limits.listed} commits of each.`
      : '',
  })
  // The lists of files come first, so a commit in both counts as one of the same file.
  const later = lists
    .flat()
    .filter((entry, at, all) => all.findIndex((one) => one.commit.sha === entry.commit.sha) === at)
  later.sort((a, b) => b.commit.time.localeCompare(a.commit.time, 'en'))
  return { commit, suspect: toSuspect(repository, commit, rollouts), later }
}

/** What goes with the change, in sentences: itself, what it touched elsewhere, and what was built on it since. */
export function lostWith({ commit, later }: TakenBack, path: string, approach: RollbackPlan['approach']): string[] {
  const outside = commit.files.filter((file) => !isBelow(file.path, path)).map((file) => file.path)
  const byGit = approach === 'git-revert'
  return [
    `Commit ${nameOf(commit)}: ${commit.files.length} files, ${namesOf(commit.files.map((file) => file.path))}.`,
    ...(byGit && outside.length > 0 ? [`It is undone outside ${path || 'the folder'} too: ${namesOf(outside)}.`] : []),
    ...later.slice(0, limits.named).map(({ commit: other, sameFile }) => {
      if (!byGit) return `Later, out of the cluster with it until applied again: ${nameOf(other)}.`
      return sameFile
        ? `At risk, it changed the same files later; a revert may conflict with it: ${nameOf(other)}.`
        : `Stays, but look whether it needs what is reverted: ${nameOf(other)}.`
    }),
    ...(later.length > limits.named ? [`And ${later.length - limits.named} more later commits.`] : []),
  ]
}

/** What a person should know of the change before taking it back. */
export function warningsOf({ commit }: TakenBack): string[] {
  const moved = commit.files.filter(({ path }) => /(?:^|\/)(?:migrations?|db\/migrate)\//i.test(path))
  return [
    ...(commit.parents.length > 1
      ? ['It is a merge commit: use the form with -m 1, which takes back the whole merge.']
      : []),
    ...(moved.length > 0
      ? [`It changes database migrations (${namesOf(moved.map(({ path }) => path))}): data does not come back with it.`]
      : []),
  ]
}

/** Commits that come before `commit` in a history, which is newest first; by time when the history does not reach it. */
function laterThan(commit: Commit, history: readonly Commit[]): Commit[] {
  const at = history.findIndex(({ sha }) => sha === commit.sha)
  return at === -1 ? history.filter(({ time }) => time > commit.time) : history.slice(0, at)
}

/** The change as one that is known to be at fault, effective from the sync that brought it, else from its commit. */
function toSuspect(repository: string, commit: CommitDetail, rollouts: readonly Rollout[]): Suspect {
  const sync = rollouts.find(({ revision }) => sameCommit(revision, commit.sha))
  return {
    repository,
    sha: commit.sha,
    url: commit.url,
    title: commit.title,
    author: commit.author,
    anchor: { time: sync?.time ?? commit.time, source: sync?.source ?? 'commit' },
    files: commit.files.slice(0, 10).map(({ path }) => path),
    score: 1,
    confidence: 'high',
    reasons: [],
    disproof: [],
  }
}

function nameOf({ sha, title, time, author }: Commit): string {
  return `${sha.slice(0, 12)} "${title.slice(0, 120)}" (${author.slice(0, 40)}, ${time})`
}

function namesOf(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).map((path) => path.slice(0, 160))
  return `${shown.join(', ')}${paths.length > shown.length ? ` and ${paths.length - shown.length} more` : ''}`
}
