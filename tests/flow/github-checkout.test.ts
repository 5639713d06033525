import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Management, Rollout } from '../../shared/core/src/change.ts'
import { startGitHub, type GitHubStandIn } from '../../shared/simulator/src/github.ts'
import { readConfig } from '../../servers/github/src/config.ts'
import { createContext, type GitHubContext } from '../../servers/github/src/context.ts'
import { callTool } from '../../servers/github/src/testing.ts'
import { correlateIncident } from '../../servers/github/src/tools/correlate-incident.ts'

/** What broke checkout at 14:05: one afternoon in two repositories, the manifests' and the application's. */
const deploy = 'acme/deploy'
const app = 'acme/checkout'
const folder = 'apps/checkout'
const manifest = `${folder}/deployment.yaml`

let github: GitHubStandIn
const sha: Record<string, string> = {}

function deployment(image: string, memory = '512Mi'): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: checkout
spec:
  template:
    spec:
      containers:
        - name: checkout
          image: ghcr.io/acme/checkout:${image}
          resources:
            limits:
              memory: ${memory}
`
}

beforeAll(async () => {
  github = await startGitHub({
    repositories: [
      { owner: 'acme', name: 'deploy', private: true },
      { owner: 'acme', name: 'checkout', private: true },
      { owner: 'acme', name: 'secret', private: true },
    ],
  })
  const write = async (
    repository: string,
    name: string,
    time: string,
    files: Record<string, string>,
    message = name,
  ) => {
    sha[name] = (await github.commit({ repository, message, date: `2024-11-20T${time}Z`, files })).sha
    return sha[name]
  }
  const before = await write(app, 'Price in cents', '09:00:00', { 'src/price.ts': 'export const cents = 100\n' })
  await write(app, 'Describe prices', '12:00:00', { 'README.md': '# Checkout\n' })
  const after = await write(app, 'Fetch carts in one query', '13:20:00', { 'src/cart.ts': 'export const all = true\n' })
  await write(deploy, 'Add apps', '08:00:00', {
    [manifest]: deployment(`sha-${before.slice(0, 7)}`),
    'apps/cart/deployment.yaml': deployment('1'),
    'appsets/shops.yaml': 'kind: ApplicationSet\n',
  })
  await write(deploy, 'Give cart less memory', '13:50:00', { 'apps/cart/deployment.yaml': deployment('1', '256Mi') })
  await write(deploy, 'Explain checkout', '13:55:00', { [`${folder}/README.md`]: '# Checkout\n' })
  await write(deploy, 'Release checkout', '14:00:00', { [manifest]: deployment(`sha-${after.slice(0, 7)}`) })
  await write(deploy, 'Give checkout more memory', '14:20:00', {
    [manifest]: deployment(`sha-${after.slice(0, 7)}`, '1Gi'),
  })
  const run = { name: 'Release', createdAt: '2024-11-20T13:22:00Z', conclusion: 'failure' as const }
  github.seedRun({ repository: app, sha: after, ...run })
  const delivery = { repository: app, environment: 'staging', createdAt: '2024-11-20T13:23:00Z' }
  github.seedDeployment({ ...delivery, sha: after, state: 'failure' })
  github.seedDeployment({ ...delivery, sha: before, state: 'success' })
})

afterAll(() => github.close())

const management: Management = {
  tool: 'argocd',
  application: 'argocd/checkout',
  repository: deploy,
  path: folder,
  branch: 'main',
  selfHeal: true,
}

function context(repositories = `${deploy},${app}`): GitHubContext {
  const variables = { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token, GITHUB_REPOS: repositories }
  return createContext(readConfig(variables))
}

function incident(change: object = {}) {
  const tag = (name: string): string => `ghcr.io/acme/checkout:sha-${sha[name]?.slice(0, 7)}`
  const rollouts: Rollout[] = [
    {
      time: '2024-11-20T14:03:12Z',
      source: 'ReplicaSet',
      revision: '42',
      previousRevision: '41',
      changes: [`container checkout: image ${tag('Price in cents')} → ${tag('Fetch carts in one query')}`],
    },
    {
      time: '2024-11-20T14:03:10Z',
      source: 'ArgoCD',
      revision: sha['Release checkout']!,
      previousRevision: sha['Add apps']!,
      changes: [],
    },
  ]
  const onset = '2024-11-20T14:05:00Z'
  return {
    kind: 'Deployment',
    namespace: 'shop',
    name: 'checkout',
    rule: 'POD_CRASH_LOOP',
    onset,
    management,
    rollouts,
    ...change,
  }
}

test('the release is behind it, and the one commit of the application that came with it', async () => {
  const answer = await callTool(correlateIncident, incident(), context())
  expect(answer.verdict).toBe('found')
  expect(
    answer.suspects
      .filter(({ confidence }) => confidence === 'high')
      .map(({ title, repository }) => [title, repository]),
  ).toEqual([
    ['Release checkout', deploy],
    ['Fetch carts in one query', app],
  ])
  expect(answer.suspects[1]?.reasons).toEqual([
    expect.stringMatching(/^link 0\.45: built into ghcr\.io\/acme\/checkout:sha-\w{7}, which the ReplicaSet brought$/),
    expect.stringContaining('time 0.25: the failure began 108s after it took effect (ReplicaSet)'),
    'content 0.25: a new image fits crash; the only commit in it',
    'corroboration 0.05: pipeline Release, deployment to staging failed with it',
  ])
  expect(answer.suspects.slice(2).every(({ confidence }) => confidence === 'low')).toBe(true)
  expect(answer.searched.repositories).toEqual([deploy, app])
  expect(answer.rollback.join('\n')).toContain(`git revert --no-edit ${sha['Release checkout']}`)
  expect(JSON.stringify(answer)).not.toContain('Give checkout more memory')
  expect(answer.searched.calls).toBeLessThanOrEqual(40)
})

test('a commit of the application alone is not what Git takes back for Argo CD', async () => {
  const elsewhere = { ...management, path: 'apps/checkout-old' }
  const answer = await callTool(
    correlateIncident,
    incident({ management: elsewhere, rollouts: incident().rollouts.slice(0, 1) }),
    context(),
  )
  expect(answer.suspects[0]).toMatchObject({ repository: app, confidence: 'high' })
  expect(answer.rollback.join('\n')).not.toContain(sha['Fetch carts in one query'])
  expect(answer.rollback.join('\n')).toContain('See what came last')
})

test('the application is not read unless it is allowed', async () => {
  const answer = await callTool(correlateIncident, incident(), context(deploy))
  expect(answer.suspects.map(({ repository }) => repository)).not.toContain(app)
  expect(answer.coverage.find(({ source }) => source.startsWith('image '))).toMatchObject({ status: 'absent' })
  expect(answer.verdict).toBe('found')
})

test('a token that may not read pipelines finds it all the same', async () => {
  const refusal = { kind: 'status' as const, status: 403, body: { message: 'Resource not accessible' } }
  github.faults.push({ match: { path: /\/(?:actions|deployments)/ }, action: refusal })
  const answer = await callTool(correlateIncident, incident(), context())
  github.faults.length = 0
  expect(answer.suspects.slice(0, 2)).toMatchObject([{ title: 'Release checkout' }, { score: 0.95 }])
  expect(answer.coverage.find(({ source }) => source === 'pipelines and deployments')).toMatchObject({
    status: 'absent',
  })
})

test("another host's repository of the same name is not taken for GitHub's", async () => {
  const elsewhere = { ...management, repository: 'https://gitlab.com/acme/deploy' }
  const answer = await callTool(correlateIncident, incident({ management: elsewhere }), context())
  expect(answer).toMatchObject({ verdict: 'incomplete', suspects: [] })
  expect(answer.coverage[0]).toMatchObject({ source: 'https://gitlab.com/acme/deploy', status: 'absent' })
})
