import type { Tool } from '@kubevigil/mcp-kit/define-tool'
import type { z } from 'zod'
import type { Config } from './config.ts'
import { createContext, type GitHubContext } from './context.ts'
import type { GitHubClient, Session } from './github/client.ts'

/** What a fake GitHub answers: the data of a page, by the start of `route`; a function may look at the parameters, and may throw. */
export type Answers = Record<string, unknown>

/** Requests a fake client saw. */
export interface Asked {
  route: string
  params: Record<string, unknown>
}

/** What GitHub answers where an empty list is no list. */
const empty: Answers = { '/actions/runs': { workflow_runs: [] } }

/** A context whose GitHub answers from a table; what is not in it is an empty list. */
export function fakeContext(
  answers: Answers,
  config: Partial<Config> = {},
  now = Date.parse('2026-11-20T15:00:00Z'),
): GitHubContext & { asked: Asked[] } {
  const asked: Asked[] = []
  const answerTo = (route: string, params: Record<string, unknown>, session: Session): unknown => {
    session.calls += 1
    asked.push({ route, params })
    const path = route.replace('/repos/{owner}/{repo}', '').replace(/^GET (?=\/(?!search))/, '')
    const answer = answers[path] ?? empty[path] ?? []
    return typeof answer === 'function' ? (answer as (given: object) => unknown)(params) : answer
  }
  const client: GitHubClient = {
    host: 'api.github.com',
    async get({ route, params, schema }, session) {
      return { data: schema.parse(answerTo(route, params, session)), hasMore: false }
    },
    async send({ route, params, schema }, session) {
      return schema.parse(answerTo(route, params, session))
    },
    async readEnd({ route, params }, session) {
      return { text: String(answerTo(route, params, session)), complete: true }
    },
    login: async () => 'kubevigil-bot',
  }
  const context = createContext(
    {
      LOG_LEVEL: 'error',
      credentials: { kind: 'token', token: 'token' },
      allowWrites: false,
      apiUrl: 'https://api.github.com',
      catalog: { services: [] },
      allowed: { repositories: ['acme/deploy'], from: 'GITHUB_REPOS' },
      ...config,
    },
    { now: () => now },
  )
  return { ...context, client, asked }
}

/** Calls a tool as the kit does: arguments and answer pass their schemas. */
export async function callTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Tool<GitHubContext, Input, Output>,
  args: z.input<Input>,
  context: GitHubContext,
): Promise<z.output<Output>> {
  const call = { signal: new AbortController().signal, progress: () => {} }
  return tool.output.parse(await tool.run(tool.input.parse(args), context, call))
}

/** A commit as the API gives it. */
export function apiCommit(
  letter: string,
  change: { message?: string; date?: string; files?: object[]; parents?: string[]; author?: string } = {},
): object {
  const { message = `Commit ${letter}`, date = '2026-11-20T14:00:00Z', files, parents = [], author = 'Kim' } = change
  const signature = { name: author, date }
  return {
    sha: letter.repeat(40),
    html_url: `https://github.com/acme/deploy/commit/${letter.repeat(40)}`,
    commit: { message, author: signature, committer: signature },
    author: null,
    parents: parents.map((parent) => ({ sha: parent.repeat(40) })),
    ...(files === undefined ? {} : { files }),
  }
}

/** A changed file as the API gives it. */
export function apiFile(filename: string, patch?: string): object {
  return { filename, status: 'modified', additions: 1, deletions: 1, ...(patch === undefined ? {} : { patch }) }
}
