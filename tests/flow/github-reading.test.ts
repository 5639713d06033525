import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startGitHub, type Fault, type GitHubStandIn } from '../../shared/simulator/src/github.ts'
import { readConfig } from '../../servers/github/src/config.ts'
import { createContext, type GitHubContext } from '../../servers/github/src/context.ts'
import { callTool } from '../../servers/github/src/testing.ts'
import { findPullRequests } from '../../servers/github/src/tools/find-pull-requests.ts'
import { getFile } from '../../servers/github/src/tools/get-file.ts'
import { listChanges } from '../../servers/github/src/tools/list-changes.ts'
import { listPipelineRuns } from '../../servers/github/src/tools/list-pipeline-runs.ts'
import { planRollback } from '../../servers/github/src/tools/plan-rollback.ts'
import { searchCode } from '../../servers/github/src/tools/search-code.ts'
import { searchIssues } from '../../servers/github/src/tools/search-issues.ts'

const repository = 'example-homelab/kubernetes'
const manifest = 'base-apps/shop/deployment.yaml'

let github: GitHubStandIn
let guilty = ''
let pull = { number: 0, sha: '', headSha: '' }

beforeAll(async () => {
  github = await startGitHub({ repositories: [{ owner: 'example-homelab', name: 'kubernetes', private: true }] })
  const commit = (message: string, date: string, files: Record<string, string>) =>
    github.commit({ repository, message, date, files })
  await commit('Add shop', '2024-11-01T09:00:00Z', { [manifest]: 'memory: 512Mi\n', 'README.md': '# Homelab\n' })
  guilty = (await commit('Tune', '2024-11-20T14:00:00Z', { [manifest]: 'memory: 256Mi\n' })).sha
  pull = await github.mergedPull({
    repository,
    message: 'Name the image',
    title: 'Name the image',
    date: '2024-11-20T14:05:00Z',
    mergedAt: '2024-11-20T14:10:00Z',
    files: { [manifest]: 'memory: 256Mi\nimage: shop:2\n' },
  })
  github.seedDeployment({ repository, sha: guilty, environment: 'production', createdAt: '2024-11-20T14:01:00Z' })
  const failed = { name: 'build', conclusion: 'failure' as const, log: 'start\n##[error]no space\nclean up\n' }
  github.seedRun({
    repository,
    sha: guilty,
    name: 'CI',
    createdAt: '2024-11-20T14:00:30Z',
    conclusion: 'failure',
    jobs: [failed],
  })
})

afterEach(() => {
  github.faults.length = 0
})

afterAll(() => github.close())

function context(): GitHubContext {
  const variables = { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token, GITHUB_REPOS: repository }
  return createContext(readConfig(variables), { timeoutMs: 1500 })
}

function rollback() {
  return {
    kind: 'Deployment',
    namespace: 'shop',
    name: 'shop',
    management: {
      tool: 'argocd',
      application: 'argocd/shop',
      repository,
      path: 'base-apps/shop',
      branch: 'HEAD',
      selfHeal: true,
    },
    rollouts: [],
    sha: guilty,
  }
}

test('plans a rollback and names what came on top', async () => {
  const plan = await callTool(planRollback, rollback(), context())
  expect(plan.approach).toBe('git-revert')
  expect(plan.steps.join('\n')).toContain(`git revert --no-edit ${guilty}`)
  expect(plan.lost.join('\n')).toMatch(/At risk.*Name the image/)
  expect(plan.coverage.every(({ status }) => status === 'ok')).toBe(true)
})

test('finds pull requests: merged, of a commit, of a path', async () => {
  const queries = [{}, { sha: pull.sha }, { path: 'base-apps/shop' }]
  for (const query of queries) {
    const { pulls } = await callTool(findPullRequests, { repository, ...query }, context())
    expect(pulls).toMatchObject([{ number: pull.number, title: 'Name the image', mergedAt: '2024-11-20T14:10:00Z' }])
  }
  expect((await callTool(findPullRequests, { repository, path: 'base-apps/other' }, context())).pulls).toEqual([])
})

test('shows a file as it was', async () => {
  const then = await callTool(getFile, { repository, path: manifest, ref: guilty }, context())
  expect(then.text).toBe('1\tmemory: 256Mi')
  const now = await callTool(getFile, { repository, path: manifest }, context())
  expect(now.text).toBe('1\tmemory: 256Mi\n2\timage: shop:2')
  expect((await callTool(getFile, { repository, path: 'base-apps' }, context())).text).toBe('shop/')
})

test('lists the failed run with the end of its log', async () => {
  const query = { repository, sha: guilty.slice(0, 12), since: '2024-11-20T00:00:00Z', failedOnly: true }
  const { runs } = await callTool(listPipelineRuns, query, context())
  expect(runs).toMatchObject([{ outcome: 'failure', failedJobs: ['build'], log: ['start', '##[error]no space'] }])
})

test('one time line, page by page', async () => {
  const query = { repository, until: '2024-11-20T15:00:00Z', since: '2024-11-20T00:00:00Z', limit: 3 }
  const seen: string[] = []
  let next: string | null = null
  for (let page = 0; page < 5 && (page === 0 || next !== null); page += 1) {
    const answer: { changes: { kind: string }[]; next: string | null } = await callTool(
      listChanges,
      { ...query, ...(next === null ? {} : { cursor: next }) },
      context(),
    )
    seen.push(...answer.changes.map(({ kind }) => kind))
    next = answer.next
  }
  expect(seen.filter((kind) => kind !== 'commit')).toEqual(['pull', 'deployment', 'run'])
  expect(seen.at(-1)).toBe('commit')
  expect(next).toBeNull()
})

test('searches code and issues', async () => {
  const code = await callTool(searchCode, { query: 'memory' }, context())
  expect(code.hits).toMatchObject([{ repository, path: manifest }])
  expect((await callTool(searchIssues, { query: 'nothing' }, context())).hits).toEqual([])
})

function status(code: number, headers: Record<string, string> = {}): Fault['action'] {
  return { kind: 'status', status: code, body: { message: `Answer ${code}` }, headers }
}

describe('when GitHub fails', () => {
  const cases: [string, Fault['action'], RegExp][] = [
    ['403', status(403), /GITHUB_TOKEN may not read/],
    ['404', status(404), /does not exist or/],
    ['429', status(429, { 'retry-after': '120' }), /limits the rate/],
    ['500', status(500), /answered 500|did not answer/],
    ['hang', { kind: 'hang' }, /did not answer within/],
  ]

  test.each(cases)('%s is a sentence', async (_, action, sentence) => {
    github.faults.push({ match: {}, action })
    await Promise.all([
      expect(callTool(findPullRequests, { repository }, context())).rejects.toThrow(sentence),
      expect(callTool(getFile, { repository, path: manifest }, context())).rejects.toThrow(sentence),
      expect(callTool(listPipelineRuns, { repository }, context())).rejects.toThrow(sentence),
      expect(callTool(listChanges, { repository }, context())).rejects.toThrow(sentence),
      expect(callTool(searchCode, { query: 'x' }, context())).rejects.toThrow(sentence),
    ])
    const plan = await callTool(planRollback, rollback(), context())
    expect(plan.warnings[0]).toContain('could not be read')
    expect(plan.coverage[0]?.status).not.toBe('ok')
  })

  test.each(cases)('%s of one source leaves the others', async (_, action) => {
    github.faults.push({ match: { path: /\/deployments/ }, action }, { match: { path: /\/logs$/ }, action })
    const answer = await callTool(listChanges, { repository }, context())
    expect(answer.changes.map(({ kind }) => kind)).toContain('run')
    expect(answer.coverage.find(({ source }) => source === 'deployments')?.status).not.toBe('ok')
    const { runs, coverage } = await callTool(listPipelineRuns, { repository }, context())
    expect(runs[0]?.failedJobs).toEqual(['build'])
    expect(coverage.find(({ source }) => source === 'logs')?.status).not.toBe('ok')
  })
})
