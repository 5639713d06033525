import type { GitHubApi } from './api.ts'
import { stamp } from './state.ts'

/** Who wrote a commit. */
export interface Author {
  name: string
  email: string
}

/** A commit to write. A file set to null is deleted. */
export interface CommitOptions {
  /** `owner/name`. */
  repository: string
  message: string
  /** ISO date, for author and committer alike. */
  date: string
  files: Record<string, string | null>
  /** `main` when left out; a branch that is not there starts at `main`. */
  branch?: string
  author?: Author
}

/** An entry of a git tree; a null `sha` takes the path away. */
export interface TreeEntry {
  path: string
  mode: string
  type: 'blob'
  sha?: string | null
  content?: string
}

const mainBranch = 'main'
const someone: Author = { name: 'Sam Rivera', email: 'sam@example.com' }

/** Writes one commit that changes all its files at once, through the git data API. Two at a time on one branch fail. */
export async function writeCommit(api: GitHubApi, options: CommitOptions): Promise<{ sha: string }> {
  const { repository, message, files, branch = mainBranch, author = someone } = options
  const head = await headOf(api, repository, branch)
  const parent = head ?? (await headOf(api, repository, mainBranch))
  const entries = Object.entries(files).map(([path, content]) => ({
    path,
    mode: '100644',
    type: 'blob' as const,
    ...(content === null ? { sha: null } : { content }),
  }))
  const tree = await writeTree(api, repository, parent, entries)
  const date = stamp(options.date)
  const commit = await api.write<{ sha: string }>('POST', `/repos/${repository}/git/commits`, {
    message,
    tree,
    parents: parent === undefined ? [] : [parent],
    author: { ...author, date },
    committer: { ...author, date },
  })
  if (head !== undefined) await moveBranch(api, { repository, branch, sha: commit.sha, force: false })
  else await api.write('POST', `/repos/${repository}/git/refs`, { ref: `refs/heads/${branch}`, sha: commit.sha })
  return { sha: commit.sha }
}

/** The commit a branch points at; undefined when there is no such branch. */
export async function headOf(api: GitHubApi, repository: string, branch: string): Promise<string | undefined> {
  const path = `/repos/${repository}/git/ref/heads/${encodeURI(branch)}`
  return (await api.get<{ object: { sha: string } }>(path))?.object.sha
}

/** Writes a tree: that of a commit with some entries changed. Returns its SHA. */
export async function writeTree(
  api: GitHubApi,
  repository: string,
  commit: string | undefined,
  entries: TreeEntry[],
): Promise<string> {
  const base = commit === undefined ? undefined : await treeOf(api, repository, commit)
  if (base !== undefined && entries.length === 0) return base
  const body = { tree: entries, ...(base === undefined ? {} : { base_tree: base }) }
  return (await api.write<{ sha: string }>('POST', `/repos/${repository}/git/trees`, body)).sha
}

/** Points an existing branch at a commit. Unless forced, it throws when the branch has moved on meanwhile. */
export async function moveBranch(
  api: GitHubApi,
  { repository, branch, sha, force }: { repository: string; branch: string; sha: string; force: boolean },
): Promise<void> {
  await api.write('PATCH', `/repos/${repository}/git/refs/heads/${encodeURI(branch)}`, { sha, force })
}

async function treeOf(api: GitHubApi, repository: string, commit: string): Promise<string | undefined> {
  return (await api.get<{ tree: { sha: string } }>(`/repos/${repository}/git/commits/${commit}`))?.tree.sha
}
