import { createSign, generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { send, type TestAnswer } from '../front/testing.ts'
import { startGitHub, type GitHubStandIn } from '../github.ts'
import { installation } from './app.ts'
import { generatedSha } from './history.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const history = { commits: 500, apps: 10, newest: '2026-03-01T12:00:00Z', every: 60_000 }

let github: GitHubStandIn

beforeAll(async () => {
  github = await startGitHub({
    repositories: [
      { owner: 'acme', name: 'deploy' },
      { owner: 'acme', name: 'long', history },
    ],
    app: { id: 7, slug: 'bot', publicKey },
  })
  const files = { 'a.txt': 'a\n' }
  await github.commit({ repository: 'acme/deploy', message: 'Start', date: '2026-02-01T10:00:00Z', files })
})

afterAll(() => github.close())

function read(path: string, token = github.token): Promise<TestAnswer> {
  return send(`${github.url}${path}`, { token })
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function signed(issuer: number): string {
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iss: issuer })}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`
}

describe('a GitHub App', () => {
  test('proves itself by its key, and its installation is given a token that reads', async () => {
    expect(await read('/app', signed(7))).toMatchObject({ status: 200, body: { slug: 'bot' } })
    expect(await read('/repos/acme/deploy/installation', signed(7))).toMatchObject({ body: { id: installation } })
    const url = `${github.url}/app/installations/${installation}/access_tokens`
    const { body } = await send(url, { method: 'POST', token: signed(7) })
    expect((await read('/repos/acme/deploy/commits', (body as { token: string }).token)).status).toBe(200)
  })

  test('others are refused', async () => {
    expect((await read('/app', signed(8))).status).toBe(401)
    expect((await read('/app')).status).toBe(401)
    expect((await read('/repos/acme/deploy/commits', 'ghs_unknown')).status).toBe(401)
  })
})

describe('a long history', () => {
  test('is the same whichever way it is asked for', async () => {
    const query = 'path=apps/app-003&per_page=5&until=2026-03-01T11:00:00Z'
    const { body } = await read(`/repos/acme/long/commits?${query}`)
    const listed = body as { sha: string; commit: { committer: { date: string } }; parents: { sha: string }[] }[]
    expect(listed.map(({ sha }) => sha)).toEqual(
      [433, 423, 413, 403, 393].map((index) => generatedSha('acme/long', index)),
    )
    expect(listed[0]?.commit.committer.date).toBe('2026-03-01T10:53:00Z')
    const shown = await read(`/repos/acme/long/commits/${listed[0]?.sha}`)
    expect(shown.body).toMatchObject({ sha: listed[0]?.sha, files: [{ filename: 'apps/app-003/deployment.yaml' }] })
    const range = `${generatedSha('acme/long', 100)}...${generatedSha('acme/long', 433)}`
    const compared = await read(`/repos/acme/long/compare/${range}?per_page=100&page=4`)
    expect(compared.body).toMatchObject({ status: 'ahead', total_commits: 333, files: [] })
    expect((compared.body as { commits: { sha: string }[] }).commits.at(-1)?.sha).toBe(listed[0]?.sha)
  })

  test('a commit that is not in it is not found', async () => {
    expect((await read(`/repos/acme/long/commits/${'0'.repeat(40)}`)).status).toBe(404)
  })
})

test('a renamed repository leads from its old name to its id, and goes by its new one', async () => {
  github.rename('acme/deploy', 'acme/platform')
  const old = await fetch(`${github.url}/repos/acme/deploy/commits?per_page=1`, { redirect: 'manual' })
  expect(old.status).toBe(301)
  const location = old.headers.get('location') ?? ''
  expect(location).toMatch(/\/repositories\/\d+\/commits\?per_page=1$/)
  expect((await send(location, { token: github.token })).status).toBe(200)
  expect((await read('/repos/acme/platform')).body).toMatchObject({ full_name: 'acme/platform' })
  const written = await fetch(`${github.url}/repos/acme/deploy/issues`, { method: 'POST', redirect: 'manual' })
  expect(written.status).toBe(307)
})
