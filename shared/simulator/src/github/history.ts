import { createHash } from 'node:crypto'
import type { FrontAnswer } from '../front/front.ts'
import { json, notFound } from './answers.ts'
import { paginate } from './paging.ts'
import type { RepositoryCall, Route } from './routes.ts'
import { stamp } from './state.ts'

/** A long history that is worked out when it is asked for, one commit after the other with the same time between. */
export interface HistorySeed {
  commits: number
  /** Folders below `apps/`, each with a deployment.yaml; commits change them in turn. */
  apps: number
  /** When the newest was committed, ISO, and how long before it the next older one was, in milliseconds. */
  newest: string
  every: number
}

interface Entry {
  index: number
  sha: string
  file: string
}

const empty = (): FrontAnswer => json(200, [])
const noRuns = (): FrontAnswer => json(200, { total_count: 0, workflow_runs: [] })
const memory = (index: number): string => `${256 + 64 * (index % 8)}Mi`

/** The hash of a generated commit; 1 is the oldest. */
export function generatedSha(repository: string, index: number): string {
  return createHash('sha1').update(`${repository}#${index}`).digest('hex')
}

/** The routes of the repositories that have a generated history; everything else about them is empty. */
export function historyRoutes(histories: ReadonlyMap<string, HistorySeed>): Route[] {
  const bySha = new Map<string, number>()

  function history(repository: string): HistorySeed {
    const seed = histories.get(repository)!
    if (bySha.size === 0)
      for (let index = 1; index <= seed.commits; index += 1) bySha.set(generatedSha(repository, index), index)
    return seed
  }

  function indexOf(repository: string, ref: string): number | undefined {
    const seed = history(repository)
    if (ref === '' || ref === 'main' || ref === 'HEAD') return seed.commits
    return bySha.get(ref) ?? [...bySha].find(([sha]) => ref.length >= 7 && sha.startsWith(ref))?.[1]
  }

  function entry(repository: string, index: number): Entry {
    const app = String(index % history(repository).apps).padStart(3, '0')
    return { index, sha: generatedSha(repository, index), file: `apps/app-${app}/deployment.yaml` }
  }

  function describe(repository: string, { index, sha, file }: Entry): object {
    const { commits, newest, every } = history(repository)
    const signature = {
      name: 'Kim',
      email: 'kim@example.com',
      date: stamp(Date.parse(newest) - (commits - index) * every),
    }
    return {
      sha,
      html_url: `https://github.com/${repository}/commit/${sha}`,
      commit: { message: `Tune ${file.split('/')[1]}`, author: signature, committer: signature },
      author: null,
      parents: index > 1 ? [{ sha: generatedSha(repository, index - 1) }] : [],
    }
  }

  function listCommits({ request, repository }: RepositoryCall): FrontAnswer {
    const { commits, newest, every } = history(repository)
    const query = request.url.searchParams
    const [since, until] = [Date.parse(query.get('since') ?? ''), Date.parse(query.get('until') ?? '')]
    const path = query.get('path') ?? ''
    const found: Entry[] = []
    const head = indexOf(repository, query.get('sha') ?? '')
    if (head === undefined) return notFound()
    for (let index = head; index >= 1; index -= 1) {
      const time = Date.parse(newest) - (commits - index) * every
      if (time < since) break
      const one = entry(repository, index)
      if (!(time > until) && (path === '' || one.file === path || one.file.startsWith(`${path}/`))) found.push(one)
    }
    const page = paginate(request, found)
    return json(
      200,
      page.items.map((one) => describe(repository, one)),
      page.headers,
    )
  }

  function fileOf({ file, index }: Entry, { apps }: HistorySeed): object {
    const [before, after] = [memory(index - apps), memory(index)]
    const patch = `@@ -10,3 +10,3 @@\n         resources:\n           limits:\n-            memory: ${before}\n+            memory: ${after}`
    return { filename: file, status: 'modified', additions: 1, deletions: 1, patch }
  }

  function getCommit({ repository, params }: RepositoryCall): FrontAnswer {
    const index = indexOf(repository, params[0] ?? '')
    if (index === undefined) return notFound()
    const one = entry(repository, index)
    return json(200, { ...describe(repository, one), files: [fileOf(one, history(repository))] })
  }

  function compare({ request, repository, params }: RepositoryCall): FrontAnswer {
    const [base, head] = (params[0] ?? '').split('...').map((ref) => indexOf(repository, ref))
    if (base === undefined || head === undefined) return notFound()
    const all = Array.from({ length: Math.max(0, head - base) }, (_, at) => entry(repository, base + 1 + at))
    const page = paginate(request, all)
    const isFirst = Number(request.url.searchParams.get('page') ?? 1) === 1
    return json(
      200,
      {
        status: head > base ? 'ahead' : head === base ? 'identical' : 'behind',
        ahead_by: all.length,
        behind_by: Math.max(0, base - head),
        total_commits: all.length,
        commits: page.items.map((one) => describe(repository, one)),
        files: isFirst ? all.slice(0, 300).map((one) => fileOf(one, history(repository))) : [],
      },
      page.headers,
    )
  }

  const answers: [RegExp, Route['answer']][] = [
    [/^\/commits$/, listCommits],
    [/^\/commits\/([^/]+)$/, getCommit],
    [/^\/compare\/(.+)$/, compare],
    [/^\/commits\/[^/]+\/pulls$/, empty],
    [/^\/(?:pulls|releases|deployments|tags)$/, empty],
    [/^\/actions\/runs$/, noRuns],
  ]
  return answers.map(([path, answer]) => ({ method: 'GET', path, answer, of: (name) => histories.has(name) }))
}
