import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Management, Rollout, Suspect } from '../../shared/core/src/change.ts'
import type { Coverage } from '../../shared/core/src/observe.ts'
import { connectServer, type ConnectedServer } from '../../shared/mcp-kit/src/client.ts'
import { startGitHub, type Fault, type GitHubStandIn } from '../../shared/simulator/src/github.ts'
import { readConfig } from '../../servers/github/src/config.ts'
import { createContext } from '../../servers/github/src/context.ts'
import { callTool } from '../../servers/github/src/testing.ts'
import { correlateIncident } from '../../servers/github/src/tools/correlate-incident.ts'
import { listChanges } from '../../servers/github/src/tools/list-changes.ts'

const repository = 'example-homelab/kubernetes'
const manifest = 'base-apps/chores-tracker/deployments.yaml'
const main = fileURLToPath(new URL('../../servers/github/src/main.ts', import.meta.url))

function deployment(name: string, memory: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  template:
    spec:
      containers:
        - name: app
          image: ghcr.io/example/${name}:1.0.0
          resources:
            requests:
              memory: 128Mi
              cpu: 100m
            limits:
              memory: ${memory}
              cpu: 500m
`
}

interface Answer {
  verdict: 'found' | 'none' | 'incomplete'
  suspects: Suspect[]
  rollback: string[]
  searched: { repositories: string[]; path: string; calls: number }
  coverage: Coverage[]
}

let github: GitHubStandIn
let server: ConnectedServer
let [first, guilty, head] = ['', '', '']

const management: Management = {
  tool: 'argocd',
  application: 'argocd/chores-tracker',
  repository,
  path: 'base-apps/chores-tracker',
  branch: 'HEAD',
  selfHeal: true,
}

function rollouts(revision = guilty): Rollout[] {
  return [
    {
      time: '2024-11-20T14:03:09Z',
      source: 'ReplicaSet',
      revision: '12',
      previousRevision: '11',
      changes: ['container app: limits.memory 512Mi → 256Mi'],
    },
    { time: '2024-11-20T14:03:07Z', source: 'ArgoCD', revision, previousRevision: first, changes: [] },
  ]
}

function incident(change: object = {}) {
  return {
    kind: 'Deployment',
    namespace: 'chores-tracker',
    name: 'chores-tracker',
    rule: 'POD_OOM_KILLED',
    onset: '2024-11-20T14:03:40Z',
    management,
    rollouts: rollouts(),
    ...change,
  }
}

async function commit(message: string, date: string, files: Record<string, string>): Promise<string> {
  return (await github.commit({ repository, message, date, files })).sha
}

beforeAll(async () => {
  github = await startGitHub({ repositories: [{ owner: 'example-homelab', name: 'kubernetes', private: true }] })
  first = await commit('Add apps', '2024-11-01T09:00:00Z', {
    [manifest]: deployment('chores-tracker', '512Mi'),
    'base-apps/chores/deployments.yaml': deployment('chores', '512Mi'),
    'base-apps/chores-tracker.yaml': 'kind: Application\n',
    'README.md': '# Homelab\n',
  })
  await commit('Describe chores-tracker', '2024-11-20T13:58:00Z', {
    'base-apps/chores-tracker/README.md': '# Chores\n',
  })
  await commit('This is why chores-tracker runs out of memory', '2024-11-20T13:59:00Z', {
    'base-apps/chores/deployments.yaml': deployment('chores', '256Mi'),
  })
  guilty = await commit('Tune resources', '2024-11-20T14:00:00Z', { [manifest]: deployment('chores-tracker', '256Mi') })
  await commit('Write more', '2024-11-20T14:00:30Z', { 'README.md': '# Homelab, longer\n' })
  head = await commit('Fix chores-tracker', '2024-11-20T14:30:00Z', {
    [manifest]: deployment('chores-tracker', '640Mi'),
  })
  server = await connectServer(
    {
      name: 'github',
      command: process.execPath,
      args: [main],
      env: { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token, GITHUB_REPOS: repository, LOG_LEVEL: 'error' },
    },
    '0.1.0',
  )
})

afterEach(() => {
  github.faults.length = 0
})

afterAll(async () => {
  await server.close()
  await github.close()
})

describe('over stdio', () => {
  test('names the commit that lowered the limit, and how to take it back', async () => {
    const answer = await server.call<Answer>('correlate_incident', incident())
    expect(answer.verdict).toBe('found')
    expect(answer.suspects[0]).toMatchObject({
      sha: guilty,
      score: 1,
      confidence: 'high',
      files: [manifest],
      anchor: { time: '2024-11-20T14:03:09Z', source: 'ReplicaSet' },
    })
    expect(answer.suspects[0]?.reasons[2]).toBe('content 0.25: limits.memory 512Mi → 256Mi fits oom')
    expect(answer.suspects.slice(1).every(({ confidence }) => confidence === 'low')).toBe(true)
    expect(answer.rollback.join('\n')).toContain(`git revert --no-edit ${guilty}`)
    expect(answer.coverage.every(({ status }) => status === 'ok')).toBe(true)
  })

  test('the same when the sync went to a later commit that only touched a README', async () => {
    const { commits } = await server.call<{ commits: { sha: string; title: string }[] }>('compare_revisions', {
      repository,
      base: guilty,
      head,
    })
    const readme = commits.find(({ title }) => title === 'Write more')?.sha ?? ''
    const full = await server.call<{ sha: string }>('get_commit', { repository, sha: readme, detail: 'none' })
    const answer = await server.call<Answer>('correlate_incident', incident({ rollouts: rollouts(full.sha) }))
    expect(answer.suspects[0]).toMatchObject({ sha: guilty, score: 1 })
  })

  test.each(['0123456789abcdef0123456789abcdef01234567', 'placeholder', ''])(
    'a revision %j that GitHub does not know: by the folder',
    async (revision) => {
      const answer = await server.call<Answer>('correlate_incident', incident({ rollouts: rollouts(revision) }))
      expect(answer).toMatchObject({ verdict: 'found', suspects: [{ sha: guilty, confidence: 'high' }] })
      expect(answer.coverage[0]?.detail).toContain('looked at the commits of the folder instead')
    },
  )

  test('a quiet day is none', async () => {
    const quiet = incident({ onset: '2024-11-10T00:00:00Z', rollouts: [] })
    expect(await server.call<Answer>('correlate_incident', quiet)).toMatchObject({ verdict: 'none', suspects: [] })
  })

  test('a pull request counts from its merge, however old its commits', async () => {
    const pull = await github.mergedPull({
      repository,
      message: 'Use another image',
      title: 'Use another image',
      date: '2024-11-01T10:00:00Z',
      mergedAt: '2024-11-22T08:00:00Z',
      files: { 'base-apps/vault/deployment.yaml': deployment('vault', '1Gi') },
      method: 'merge',
    })
    const answer = await server.call<Answer>(
      'correlate_incident',
      incident({
        namespace: 'vault',
        name: 'vault',
        rule: 'POD_IMAGE_PULL',
        onset: '2024-11-22T08:02:00Z',
        management: { ...management, application: 'argocd/vault', path: 'base-apps/vault' },
        rollouts: [],
      }),
    )
    expect(answer.verdict).toBe('found')
    expect([pull.sha, pull.headSha]).toContain(answer.suspects[0]?.sha)
    expect(answer.suspects[0]?.anchor).toEqual({ time: '2024-11-22T08:00:00Z', source: 'pull request merge' })
  })

  test('lists a folder page by page, and shows a patch', async () => {
    type Page = { changes: { sha: string; title: string }[]; next: string | null }
    const query = { repository, path: manifest, until: '2024-11-20T15:00:00Z', limit: 2 }
    const page = await server.call<Page>('list_changes', query)
    expect(page.changes.map(({ title }) => title)).toEqual(['Fix chores-tracker', 'Tune resources'])
    const rest = await server.call<Page>('list_changes', { ...query, cursor: page.next })
    expect(rest).toMatchObject({ changes: [{ title: 'Add apps' }], next: null })
    const shown = await server.call<{ files: { patch: string }[] }>('get_commit', {
      repository,
      sha: guilty.slice(0, 12),
      detail: 'patch',
    })
    expect(shown.files[0]?.patch).toContain('memory: 256Mi')
  })

  test('compares along a path', async () => {
    const answer = await server.call<{ commits: { title: string }[]; files: { path: string }[] }>('compare_revisions', {
      repository,
      base: first,
      head,
      path: 'base-apps/chores-tracker',
    })
    expect(answer.commits.map(({ title }) => title)).toEqual([
      'Fix chores-tracker',
      'Tune resources',
      'Describe chores-tracker',
    ])
    expect(answer.files.map(({ path }) => path).sort()).toEqual(['base-apps/chores-tracker/README.md', manifest])
  })

  test('a repository outside the list is refused before anything is sent', async () => {
    const before = github.requests.length
    await expect(server.call('list_changes', { repository: 'example-homelab/other' })).rejects.toThrow('GITHUB_REPOS')
    expect(github.requests).toHaveLength(before)
  })

  test('every tool only reads, but the two that are off until they are allowed', async () => {
    const tools = (await server.listTools()) as { name: string; annotations?: unknown }[]
    const writing = tools.filter(({ annotations }) => !(annotations as { readOnlyHint: boolean }).readOnlyHint)
    expect(writing.map(({ name }) => name)).toEqual(['open_change_pr', 'upsert_incident_issue'])
    const issue = { repository, fingerprint: 'fp-1', title: 'Down' }
    expect(await server.call('upsert_incident_issue', issue)).toMatchObject({ outcome: 'opened', written: false })
  })
})

function context(change: Record<string, string> = {}) {
  const config = readConfig({
    GITHUB_API_URL: github.url,
    GITHUB_TOKEN: github.token,
    GITHUB_REPOS: repository,
    ...change,
  })
  return createContext(config, { timeoutMs: 400 })
}

function status(code: number, headers: Record<string, string> = {}): Fault['action'] {
  return { kind: 'status', status: code, body: { message: `Answer ${code}` }, headers }
}

describe('when GitHub fails', () => {
  const cases: [string, Fault['action'], RegExp][] = [
    ['401', status(401), /does not accept the token.*GITHUB_TOKEN/],
    ['403', status(403), /GITHUB_TOKEN may not read .*: Answer 403/],
    ['404', status(404), /does not exist or GITHUB_TOKEN may not see it/],
    ['429', status(429, { 'retry-after': '120' }), /limits the rate.*Try again in 120 s/],
    ['500', status(500), /GitHub answered 500/],
    ['hang', { kind: 'hang' }, /did not answer within 0\.4 s/],
    ['drop', { kind: 'drop' }, /cannot be reached: the connection was cut|did not answer/],
    ['no JSON', { kind: 'status', status: 200, body: 'hello' }, /not GitHub's format/],
  ]

  test.each(cases)('%s is a sentence that says what to do', async (_, action, sentence) => {
    github.faults.push({ match: {}, action })
    const failed = callTool(listChanges, { repository }, context()).then(
      () => '',
      (error: unknown) => {
        const { message, hint } = error as { message: string; hint: string }
        return `${message} ${hint}`
      },
    )
    expect(await failed).toMatch(sentence)
  })

  test.each(cases)('%s leaves a correlation incomplete, never none', async (_, action) => {
    github.faults.push({ match: {}, action })
    const answer = await callTool(correlateIncident, incident(), context())
    expect(answer).toMatchObject({ verdict: 'incomplete', suspects: [] })
    expect(answer.coverage.length).toBeGreaterThan(0)
    expect(answer.coverage.every(({ status, detail }) => status !== 'ok' && detail !== '')).toBe(true)
    expect(answer.rollback[0]).toContain('Roll back in Git')
  })

  test('a wrong token is told from a right one', async () => {
    const answer = await callTool(correlateIncident, incident(), context({ GITHUB_TOKEN: 'ghp_wrong' }))
    expect(answer.coverage[0]?.detail).toContain('GITHUB_TOKEN')
    expect(answer.searched.calls).toBe(1)
  })

  test.each<[string, Fault['action'], number]>([
    ['500', status(500), 2],
    ['a limit with a short wait', status(429, { 'retry-after': '0' }), 1],
    ['a dropped connection', { kind: 'drop' }, 1],
  ])('%s is tried again', async (_, action, times) => {
    github.faults.push({ match: {}, action, times })
    const slow = createContext(
      readConfig({ GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token, GITHUB_REPOS: repository }),
    )
    expect(await callTool(listChanges, { repository, path: manifest }, slow)).toMatchObject({
      coverage: [{ status: 'ok' }],
    })
  })

  test('without details the folder still gives a lead', async () => {
    github.faults.push({ match: { path: /\/commits\/[0-9a-f]{40}$/ }, action: status(403) })
    const answer = await callTool(correlateIncident, incident(), context())
    expect(answer.suspects[0]).toMatchObject({ sha: expect.stringMatching(/^[0-9a-f]{40}$/) as string })
    expect(answer.coverage.find(({ source }) => source === 'commit details')).toMatchObject({ status: 'forbidden' })
  })

  test('without a token the answer names the variable', async () => {
    const bare = createContext(readConfig({ GITHUB_REPOS: repository }))
    const answer = await callTool(correlateIncident, incident(), bare)
    expect(answer).toMatchObject({ verdict: 'incomplete', searched: { calls: 0 } })
    expect(answer.coverage[0]?.detail).toContain('GITHUB_TOKEN is not set')
  })
})
