import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startGitHub, type GitHubStandIn } from '../../shared/simulator/src/github.ts'
import { readConfig } from '../../servers/github/src/config.ts'
import { createContext, type GitHubContext } from '../../servers/github/src/context.ts'
import { callTool } from '../../servers/github/src/testing.ts'
import { compareRevisionsTool } from '../../servers/github/src/tools/compare-revisions.ts'
import { getCommitTool } from '../../servers/github/src/tools/get-commit.ts'
import { getFile } from '../../servers/github/src/tools/get-file.ts'
import { listChanges } from '../../servers/github/src/tools/list-changes.ts'
import { listPipelineRuns } from '../../servers/github/src/tools/list-pipeline-runs.ts'
import { openChangePr } from '../../servers/github/src/tools/open-change-pr.ts'
import { searchCode } from '../../servers/github/src/tools/search-code.ts'
import { upsertIncidentIssue } from '../../servers/github/src/tools/upsert-incident-issue.ts'

const repository = 'example-homelab/kubernetes'
const manifest = 'apps/shop/deployment.yaml'
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})

let github: GitHubStandIn
let sha = ''

beforeEach(async () => {
  github = await startGitHub({
    repositories: [{ owner: 'example-homelab', name: 'kubernetes', private: true }],
    app: { id: 77, slug: 'kubevigil', publicKey },
  })
  const options = { repository, date: '2024-11-01T09:00:00Z', message: 'Add shop' }
  await github.commit({ ...options, files: { [manifest]: 'memory: 512Mi\n' } })
  sha = (await github.commit({ ...options, message: 'Tune', files: { [manifest]: 'memory: 256Mi\n' } })).sha
})

afterEach(() => github.close())

function context(change: Record<string, string> = {}): GitHubContext {
  const variables = { GITHUB_API_URL: github.url, GITHUB_REPOS: repository, GITHUB_ALLOW_WRITES: 'true' }
  const credentials = 'GITHUB_APP_ID' in change ? {} : { GITHUB_TOKEN: github.token }
  return createContext(readConfig({ ...variables, ...credentials, ...change }), { timeoutMs: 2000 })
}

function asked(): string[] {
  return github.requests.map(({ method, path, status }) => `${method} ${path.split('?')[0]} ${status}`)
}

describe('conditional requests', () => {
  test('what did not change is confirmed, not sent again, and answers are the same', async () => {
    const shared = context()
    const first = await callTool(getCommitTool, { repository, sha, detail: 'patch' }, shared)
    const second = await callTool(getCommitTool, { repository, sha, detail: 'patch' }, shared)
    expect(second).toEqual(first)
    expect(asked()).toEqual([
      `GET /repos/${repository}/commits/${sha} 200`,
      `GET /repos/${repository}/commits/${sha} 304`,
    ])
  })

  test('what changed is sent', async () => {
    const shared = context()
    await callTool(getFile, { repository, path: manifest }, shared)
    await github.commit({
      repository,
      date: '2024-11-02T09:00:00Z',
      message: 'More',
      files: { [manifest]: 'memory: 1Gi\n' },
    })
    expect((await callTool(getFile, { repository, path: manifest }, shared)).text).toBe('1\tmemory: 1Gi')
  })
})

describe('a GitHub App', () => {
  const app = { GITHUB_APP_ID: '77', GITHUB_APP_PRIVATE_KEY: privateKey.replaceAll('\n', String.raw`\n`) }

  test('finds its installation, gets one token for all calls, and writes', async () => {
    const shared = context(app)
    const answers = await Promise.all([
      callTool(getCommitTool, { repository, sha }, shared),
      callTool(searchCode, { query: 'memory' }, shared),
    ])
    expect(answers[0].title).toBe('Tune')
    await callTool(getFile, { repository, path: manifest }, shared)
    expect(asked().filter((line) => line.includes('/installation '))).toHaveLength(1)
    const { outcome } = await callTool(openChangePr, { repository, revert: sha }, shared)
    expect(outcome).toBe('opened')
  })

  test('takes the installation it is told', async () => {
    await callTool(getCommitTool, { repository, sha }, context({ ...app, GITHUB_APP_INSTALLATION_ID: '4711' }))
    expect(asked()[0]).toBe('POST /app/installations/4711/access_tokens 201')
  })

  test.each<[string, Record<string, string>, RegExp]>([
    ['another App', { ...app, GITHUB_APP_ID: '78' }, /does not accept the GitHub App.*GITHUB_APP_ID/],
    ['no key at all', { ...app, GITHUB_APP_PRIVATE_KEY: 'nonsense' }, /private key cannot be used.*whole PEM file/],
    [
      'an installation that is not there',
      { ...app, GITHUB_APP_INSTALLATION_ID: '1' },
      /does not exist or the GitHub App may not see it/,
    ],
  ])('%s is told in a sentence', async (_, variables, sentence) => {
    const failed = await callTool(getCommitTool, { repository, sha }, context(variables)).catch(
      (error: unknown) => error,
    )
    const { message, hint } = failed as { message: string; hint: string }
    expect(`${message} ${hint}`).toMatch(sentence)
  })

  test('a server that hangs when a token is asked for ends at the deadline', async () => {
    github.faults.push({ match: { path: /access_tokens/ }, action: { kind: 'hang' } })
    await expect(callTool(getCommitTool, { repository, sha }, context(app))).rejects.toThrow(
      /did not answer within 2 s|cannot be reached/,
    )
  })
})

describe('a repository that was renamed', () => {
  const renamed = 'example-homelab/platform'

  test('is followed under the same owner, and every answer says so', async () => {
    github.rename(repository, renamed)
    const shared = context()
    const answers = [
      await callTool(getCommitTool, { repository, sha }, shared),
      await callTool(getFile, { repository, path: manifest }, shared),
      await callTool(listChanges, { repository }, shared),
      await callTool(compareRevisionsTool, { repository, base: 'main', head: sha }, shared),
    ]
    for (const { coverage } of answers) {
      const entry = coverage.find(({ source }) => source === 'repository')
      expect(entry).toMatchObject({ status: 'ok' })
      expect(entry?.detail).toContain(`calls ${repository} ${renamed} now; put the new name into GITHUB_REPOS`)
    }
    expect(asked().filter((line) => line.endsWith(' 301'))).toHaveLength(1)
  })

  test('and given to another owner only when its new name is allowed', async () => {
    github.rename(repository, 'somebody/kubernetes')
    await expect(callTool(getCommitTool, { repository, sha }, context())).rejects.toThrow(
      /belongs to another owner now, as somebody\/kubernetes, and was not read/,
    )
    const both = context({ GITHUB_REPOS: `${repository},somebody/kubernetes` })
    expect((await callTool(getCommitTool, { repository, sha }, both)).title).toBe('Tune')
  })

  test('is not written to under its old name', async () => {
    github.rename(repository, renamed)
    const issue = { repository, fingerprint: 'fp-1', title: 'Down' }
    await expect(callTool(upsertIncidentIssue, issue, context())).rejects.toThrow(/another name.*nothing was written/)
    await expect(callTool(openChangePr, { repository, revert: sha }, context())).rejects.toThrow(/nothing was written/)
    expect(github.requests.filter(({ method, status }) => method !== 'GET' && status < 300)).toEqual([])
  })
})

function seedRun(log: string): void {
  const jobs = [{ name: 'build', conclusion: 'failure' as const, log }]
  github.seedRun({ repository, sha, name: 'CI', createdAt: '2024-11-20T14:00:30Z', conclusion: 'failure', jobs })
}

describe('logs', () => {
  test('are fetched from their storage without the token', async () => {
    seedRun('start\n##[error]no space\n')
    const { runs } = await callTool(listPipelineRuns, { repository }, context())
    expect(runs[0]?.log).toEqual(['start', '##[error]no space'])
    expect(asked().at(-1)).toMatch(/^GET \/storage\/logs\/\d+ 200$/)
  })

  test('only the end of a long one is', async () => {
    seedRun(`${'a line of no interest\n'.repeat(450_000)}##[error]no space\n`)
    const { runs, coverage } = await callTool(listPipelineRuns, { repository }, context())
    expect(runs[0]?.log?.at(-1)).toBe('##[error]no space')
    expect(asked().at(-1)).toMatch(/ 206$/)
    expect(coverage.find(({ source }) => source === 'logs')).toBeUndefined()
  })

  test('a storage that fails is told, and the rest stays', async () => {
    seedRun('x\n')
    github.faults.push({ match: { path: /^\/storage/ }, action: { kind: 'status', status: 410 } })
    const { runs, coverage } = await callTool(listPipelineRuns, { repository }, context())
    expect(runs[0]?.failedJobs).toEqual(['build'])
    expect(coverage.find(({ source }) => source === 'logs')).toMatchObject({ status: 'error' })
  })
})

test('a call that is cancelled sends nothing more', async () => {
  github.faults.push({ match: {}, action: { kind: 'delay', ms: 300 } })
  const cancel = new AbortController()
  const call = { signal: cancel.signal, progress: () => {} }
  const running = listChanges.run(listChanges.input.parse({ repository, path: manifest }), context(), call)
  setTimeout(() => cancel.abort(new Error('cancelled')), 50)
  await expect(running).rejects.toThrow('cancelled')
  expect(github.requests).toHaveLength(1)
})
