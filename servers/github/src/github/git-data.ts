import { z } from 'zod'
import type { GitHubClient, Session } from './client.ts'
import { GitHubError } from './errors.ts'
import { split } from './shapes.ts'

/** What a path holds at a revision, as Git has it. */
export interface GitFile {
  mode: string
  type: 'blob' | 'commit'
  sha: string
}

/** One path of a change: a blob to take, a text to write, or null to take the path out. */
export interface TreeChange {
  path: string
  mode: string
  type: 'blob' | 'commit'
  content?: string
  sha?: string | null
}

const Sha = z.object({ sha: z.string().regex(/^[0-9a-f]{40,64}$/) })
const ApiTree = z.object({
  truncated: z.boolean().nullish(),
  tree: z.array(z.object({ path: z.string(), mode: z.string(), type: z.string(), sha: z.string() })),
})
const ApiBlob = z.object({ size: z.number().nullish(), encoding: z.string(), content: z.string() })
const ApiRef = z.object({ object: Sha })
const ApiGitCommit = Sha.extend({ message: z.string(), tree: Sha })

/** Largest file whose text is read, in bytes. */
const mostBytes = 1_000_000

/** Git's own objects of a repository, read raw: what is written back has not passed a model, nor lost a secret's value. */
export interface GitData {
  /** What a path holds at a commit; undefined when there is nothing, or a folder. */
  find: (commit: string, path: string) => Promise<GitFile | undefined>
  /** A blob as text; undefined for a binary or too large one. */
  text: (sha: string) => Promise<string | undefined>
  /** The commit a branch points at; undefined when there is no such branch. */
  headOf: (branch: string) => Promise<string | undefined>
  commit: (sha: string) => Promise<{ message: string; tree: string }>
  writeTree: (base: string, changes: readonly TreeChange[]) => Promise<string>
  writeCommit: (commit: { message: string; tree: string; parent: string }) => Promise<string>
  /** Makes a new branch. There is nothing here that moves or removes one. */
  createBranch: (branch: string, sha: string) => Promise<void>
}

/** Git's objects of one repository; each folder is read once. @throws GitHubError from every question */
export function gitData(client: GitHubClient, repository: string, session: Session): GitData {
  const trees = new Map<string, Promise<z.output<typeof ApiTree>>>()
  const place = split(repository)

  async function get<S extends z.ZodType>(
    route: string,
    params: object,
    schema: S,
    what: string,
  ): Promise<z.output<S>> {
    const question = { route: `GET /repos/{owner}/{repo}/git/${route}`, params: { ...place, ...params }, schema }
    return (await client.get({ ...question, what: `${what} of ${repository}` }, session)).data
  }

  async function post<S extends z.ZodType>(
    route: string,
    params: object,
    schema: S,
    what: string,
  ): Promise<z.output<S>> {
    const question = { route: `POST /repos/{owner}/{repo}/git/${route}`, params: { ...place, ...params }, schema }
    return client.send({ ...question, what: `${what} in ${repository}` }, session)
  }

  function tree(sha: string): Promise<z.output<typeof ApiTree>> {
    const known =
      trees.get(sha) ?? get('trees/{tree_sha}', { tree_sha: sha }, ApiTree, `the folder ${sha.slice(0, 12)}`)
    trees.set(sha, known)
    return known
  }

  return {
    async find(commit, path) {
      let sha = commit
      const segments = path.split('/')
      for (const [depth, segment] of segments.entries()) {
        const { tree: entries, truncated } = await tree(sha)
        const entry = entries.find((one) => one.path === segment)
        if (entry === undefined && truncated === true)
          throw new GitHubError(
            'invalid',
            `A folder of ${path} in ${repository} is too large to read.`,
            'Use git itself.',
          )
        if (entry === undefined) return undefined
        if (depth === segments.length - 1)
          return entry.type === 'tree'
            ? undefined
            : { mode: entry.mode, type: entry.type as GitFile['type'], sha: entry.sha }
        if (entry.type !== 'tree') return undefined
        sha = entry.sha
      }
      return undefined
    },
    async text(sha) {
      const blob = await get('blobs/{file_sha}', { file_sha: sha }, ApiBlob, `the file ${sha.slice(0, 12)}`)
      const bytes = Buffer.from(blob.content, blob.encoding === 'base64' ? 'base64' : 'utf8')
      if ((blob.size ?? bytes.length) > mostBytes || bytes.includes(0)) return undefined
      const text = bytes.toString('utf8')
      // What is no UTF-8 would be written back changed.
      return Buffer.from(text).equals(bytes) ? text : undefined
    },
    async headOf(branch) {
      try {
        return (await get('ref/{ref}', { ref: `heads/${branch}` }, ApiRef, `the branch ${branch}`)).object.sha
      } catch (error) {
        if (error instanceof GitHubError && error.failure === 'not-found') return undefined
        throw error
      }
    },
    async commit(sha) {
      const read = await get('commits/{commit_sha}', { commit_sha: sha }, ApiGitCommit, `commit ${sha.slice(0, 12)}`)
      return { message: read.message, tree: read.tree.sha }
    },
    async writeTree(base, changes) {
      return (await post('trees', { base_tree: base, tree: changes }, Sha, 'files')).sha
    },
    async writeCommit({ message, tree: sha, parent }) {
      return (await post('commits', { message, tree: sha, parents: [parent] }, Sha, 'a commit')).sha
    },
    async createBranch(branch, sha) {
      await post('refs', { ref: `refs/heads/${branch}`, sha }, ApiRef, `the branch ${branch}`)
    },
  }
}
