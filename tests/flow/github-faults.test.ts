import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startGitHub, type Fault, type GitHubStandIn } from '../../shared/simulator/src/github.ts'
import type { Tool } from '../../shared/mcp-kit/src/define-tool.ts'
import { UserError } from '../../shared/mcp-kit/src/errors.ts'
import { readConfig } from '../../servers/github/src/config.ts'
import { createContext, type GitHubContext } from '../../servers/github/src/context.ts'
import { tools } from '../../servers/github/src/tools/index.ts'

const repository = 'example-homelab/kubernetes'
const management = {
  tool: 'argocd',
  application: 'argocd/shop',
  repository,
  path: 'apps/shop',
  branch: 'main',
  selfHeal: true,
}
const sha = 'a'.repeat(40)
const workload = { kind: 'Deployment', namespace: 'shop', name: 'shop', management, rollouts: [] }

/** What every tool is asked. */
const asked: Record<string, object> = {
  correlate_incident: { ...workload, rule: 'POD_OOM_KILLED', onset: '2024-11-20T14:03:40Z' },
  plan_rollback: { ...workload, sha },
  open_change_pr: { repository, revert: sha },
  upsert_incident_issue: { repository, fingerprint: 'fp-1', title: 'Down' },
  list_changes: { repository },
  compare_revisions: { repository, base: 'main', head: sha },
  get_commit: { repository, sha },
  find_pull_requests: { repository },
  get_file: { repository, path: 'README.md' },
  list_pipeline_runs: { repository },
  search_code: { query: 'x' },
  search_issues: { query: 'x' },
}
/** Tools that answer in spite of a failure, and say in coverage what is missing. */
const partial = new Set(['correlate_incident', 'plan_rollback'])

let github: GitHubStandIn
let cutting: Server

beforeAll(async () => {
  github = await startGitHub({ repositories: [{ owner: 'example-homelab', name: 'kubernetes', private: true }] })
  // Promises more than it sends.
  cutting = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'application/json', 'content-length': '4000' })
    answer.write('[{"sha": "aaaa', () => answer.destroy())
  })
  await new Promise<void>((resolve) => void cutting.listen(0, '127.0.0.1', resolve))
})

afterEach(() => {
  github.faults.length = 0
})

afterAll(async () => {
  cutting.close()
  await github.close()
})

function context(apiUrl = github.url): GitHubContext {
  const variables = { GITHUB_API_URL: apiUrl, GITHUB_TOKEN: github.token, GITHUB_REPOS: repository }
  return createContext(readConfig({ ...variables, GITHUB_ALLOW_WRITES: 'true' }), { timeoutMs: 250 })
}

interface Outcome {
  /** Of a failure its sentences, what is wrong and what to do; of an answer what its coverage says of what is missing. */
  sentences: string[]
  failed: boolean
  output: string
}

async function call(name: string, where: GitHubContext): Promise<Outcome> {
  const tool = tools.find((one) => one.name === name) as Tool<GitHubContext>
  const session = { signal: AbortSignal.timeout(20_000), progress: () => {} }
  try {
    const answer = await tool.run(tool.input.parse(asked[name]), where, session)
    const coverage = answer['coverage'] as { status: string; detail: string }[]
    const missing = coverage.filter(({ status: how }) => how !== 'ok').map(({ detail }) => detail)
    return { sentences: missing, failed: false, output: JSON.stringify(answer) }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const sentences = [error.message, error.hint]
    return { sentences, failed: true, output: sentences.join(' ') }
  }
}

function status(code: number, headers: Record<string, string> = {}, message = `Answer ${code}`): Fault['action'] {
  return { kind: 'status', status: code, body: { message }, headers }
}

const limited = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1764000000' }
const cases: [string, Fault['action'], RegExp][] = [
  ['401', status(401), /does not accept the token\. Put a valid token into GITHUB_TOKEN/],
  ['403', status(403), /GITHUB_TOKEN may not (?:read|write) .*: Answer 403\. Give/],
  ['404', status(404), /does not exist or GITHUB_TOKEN may not see it/],
  ['422', status(422), /GitHub refused to (?:read|write) .*: Answer 422\./],
  ['429 with Retry-After', status(429, { 'retry-after': '120' }), /limits the rate of this token.*Try again in 120 s/],
  ['429 without', status(429), /limits the rate of this token.*Try again in a few minutes/],
  ['403 for the rate', status(403, limited), /limits the rate.*after 2025-11-24T16:00:00Z/],
  [
    '403 for a secondary limit',
    status(403, {}, 'You have exceeded a secondary rate limit'),
    /limits the rate.*Try again in a few minutes/,
  ],
  ['500', status(500), /GitHub answered 500|did not answer within/],
  ['503', status(503), /GitHub answered 503|did not answer within/],
  ['hanging', { kind: 'hang' }, /did not answer within 0\.3 s/],
  ['dropped', { kind: 'drop' }, /cannot be reached|did not answer within/],
  ['a page that is no JSON', { kind: 'status', status: 200, body: '<html>Sign in</html>' }, /not GitHub's format/],
]

test('every tool is asked here', () => {
  expect(Object.keys(asked).sort()).toEqual(tools.map(({ name }) => name).sort())
})

describe.each(cases)('%s', (_, action, sentence) => {
  test.each(Object.keys(asked))('%s says it in a sentence, and leaks nothing', async (name) => {
    github.faults.push({ match: {}, action })
    const { sentences, failed, output } = await call(name, context())
    expect(sentences.join(' ')).toMatch(sentence)
    expect(sentences.filter((one) => !/^[A-Z].*\.$/s.test(one))).toEqual([])
    expect(failed).toBe(!partial.has(name))
    expect(output).not.toContain(github.token)
    expect(output).not.toMatch(/undefined|\[object|at .*\.ts:/)
  })
})

test.each(Object.keys(asked))('an answer that is cut off: %s', async (name) => {
  const { port } = cutting.address() as AddressInfo
  const { sentences, output } = await call(name, context(`http://127.0.0.1:${port}`))
  expect(sentences.join(' ')).toMatch(/not GitHub's format|cannot be reached|did not answer within/)
  expect(output).not.toContain(github.token)
})

test.each(Object.keys(asked))('a token that is refused later: %s does not ask on and on', async (name) => {
  github.faults.push({ match: {}, action: status(401) })
  const before = github.requests.length
  await call(name, context())
  expect(github.requests.length - before).toBeLessThanOrEqual(5)
})
