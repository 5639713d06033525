import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGitHub, type GitHubStandIn } from '../github.ts'
import { send, type TestAnswer } from '../front/testing.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const repository = 'acme/deploy'
const manifest = 'apps/shop/deployment.yaml'

let github: GitHubStandIn
let base: { sha: string }
let lowered: { sha: string }

beforeAll(async () => {
  github = await startGitHub({
    repositories: [
      { owner: 'acme', name: 'deploy' },
      { owner: 'acme', name: 'secret', private: true },
    ],
    now: () => now,
  })
  base = await github.commit({
    repository,
    message: 'Add shop',
    date: '2026-02-01T10:00:00Z',
    files: { [manifest]: 'memory: 512Mi\n', 'apps/pay/deployment.yaml': 'memory: 1Gi\n', 'README.md': '# Deploy\n' },
  })
  lowered = await github.commit({
    repository,
    message: 'Lower memory of shop',
    date: '2026-03-01T13:50:00+02:00',
    files: { [manifest]: 'memory: 256Mi\n', 'apps/pay/deployment.yaml': null },
    author: { name: 'Kim', email: 'kim@example.com' },
  })
})

afterAll(() => github.close())

function call(path: string, options: Parameters<typeof send>[1] = {}): Promise<TestAnswer> {
  return send(`${github.url}${path}`, { token: github.token, ...options })
}

async function read<T>(path: string): Promise<T> {
  return (await call(path)).body as T
}

type Commit = { sha: string; commit: { message: string; committer: { date: string } } }

function stranger(path: string): Promise<TestAnswer> {
  return send(`${github.url}${path}`)
}

describe('who may see what', () => {
  test('a token nobody gave out is refused, on reads too', async () => {
    const { status, body } = await call(`/repos/${repository}`, { token: 'ghp_wrong' })
    expect(status).toBe(401)
    expect(body).toEqual({
      message: 'Bad credentials',
      documentation_url: 'https://docs.github.com/rest',
      status: '401',
    })
  })

  test('a stranger sees public repositories, and no trace of private ones', async () => {
    expect((await stranger(`/repos/${repository}/commits`)).status).toBe(200)
    expect(await stranger('/repos/acme/secret')).toMatchObject({ status: 404, body: { message: 'Not Found' } })
    expect((await stranger('/repos/acme/secret/deployments')).status).toBe(404)
    expect(await stranger('/user')).toMatchObject({ status: 401, body: { message: 'Requires authentication' } })
  })

  test('the seeded token sees both, and counts against the limit', async () => {
    const seen = await call('/repos/acme/secret')
    expect(seen.status).toBe(200)
    const own = await call('/repos/acme/secret/deployments')
    expect(own).toMatchObject({ status: 200, body: [] })
    expect(Number(own.headers.get('x-ratelimit-remaining'))).toBeLessThan(
      Number(seen.headers.get('x-ratelimit-remaining')),
    )
  })
})

describe('commits', () => {
  test('one commit changes several files, at its own date', async () => {
    const commit = await read<Commit & { files: { filename: string; status: string }[] }>(
      `/repos/${repository}/commits/${lowered.sha}`,
    )
    expect(commit.commit).toMatchObject({
      author: { name: 'Kim', date: '2026-03-01T11:50:00Z' },
      committer: { date: '2026-03-01T11:50:00Z' },
    })
    expect(commit.files.map(({ filename, status }) => [filename, status])).toEqual([
      ['apps/pay/deployment.yaml', 'removed'],
      [manifest, 'modified'],
    ])
  })

  test('path, since and until select', async () => {
    const query = 'path=apps/shop&since=2026-02-15T00:00:00Z&until=2026-03-01T11:50:00Z'
    const commits = await read<Commit[]>(`/repos/${repository}/commits?${query}`)
    expect(commits.map(({ sha }) => sha)).toEqual([lowered.sha])
  })

  test('Link headers lead back through the front', async () => {
    const { headers } = await call(`/repos/${repository}/commits?per_page=1`)
    const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? ''
    expect(next.startsWith(`${github.url}/repos/${repository}/commits?`)).toBe(true)
    expect((await send(next, { token: github.token })).status).toBe(200)
  })

  test('comparing shows the files in between', async () => {
    const compared = await read<{ status: string; files: { filename: string }[] }>(
      `/repos/${repository}/compare/${base.sha}...${lowered.sha}`,
    )
    expect(compared.status).toBe('ahead')
    expect(compared.files).toHaveLength(2)
  })

  test('search finds code', async () => {
    const found = await read<{ items: { path: string }[] }>(
      `/search/code?q=${encodeURIComponent(`256Mi repo:${repository}`)}`,
    )
    expect(found.items.map(({ path }) => path)).toEqual([manifest])
  })

  test('raw contents come as text', async () => {
    const headers = { accept: 'application/vnd.github.raw+json' }
    const raw = await call(`/repos/${repository}/contents/${manifest}?ref=${base.sha}`, { headers })
    expect(raw.body).toBe('memory: 512Mi\n')
    expect(raw.headers.get('content-type')).toContain('charset=utf-8')
  })

  test('what the caller has already is not sent again', async () => {
    const path = `/repos/${repository}/commits/${base.sha}`
    const etag = (await call(path)).headers.get('etag') ?? ''
    expect(await call(path, { headers: { 'if-none-match': etag } })).toMatchObject({ status: 304, body: '' })
    expect((await call(path, { headers: { 'if-none-match': 'W/"other"' } })).status).toBe(200)
  })
})

describe('pull requests', () => {
  type Pull = { number: number; merged_at: string; created_at: string; changed_files: number }

  test('a merged one is found by its merge commit and by the commits of its branch', async () => {
    const pull = await github.mergedPull({
      repository,
      title: 'Scale shop',
      message: 'Set replicas',
      date: '2026-02-20T10:00:00Z',
      mergedAt: '2026-03-01T11:55:00Z',
      files: { 'apps/shop/hpa.yaml': 'min: 3\n' },
    })
    for (const sha of [pull.sha, pull.headSha]) {
      const found = await read<Pull[]>(`/repos/${repository}/commits/${sha}/pulls`)
      expect(found).toMatchObject([
        { number: pull.number, merged_at: '2026-03-01T11:55:00Z', created_at: '2026-02-20T10:00:00Z' },
      ])
    }
    expect(await read(`/repos/${repository}/commits/${lowered.sha}/pulls`)).toEqual([])
    expect(await read(`/repos/${repository}/pulls/${pull.number}`)).toMatchObject({
      merged: true,
      changed_files: 1,
      commits: 1,
    })
    expect(await read(`/repos/${repository}/pulls/${pull.number}/files`)).toMatchObject([
      { filename: 'apps/shop/hpa.yaml' },
    ])
    expect(await read(`/repos/${repository}/commits/main`)).toMatchObject({
      sha: pull.sha,
      commit: { message: `Scale shop (#${pull.number})`, committer: { date: '2026-03-01T11:55:00Z' } },
    })

    const named = await github.commit({
      repository,
      message: `Follow up (#${pull.number})`,
      date: '2026-03-01T11:56:00Z',
      files: { 'NOTES.md': 'x' },
    })
    expect(await read(`/repos/${repository}/commits/${named.sha}/pulls`)).toMatchObject([{ number: pull.number }])
  })

  test('an unknown commit is refused', async () => {
    expect(await call(`/repos/${repository}/commits/deadbeef/pulls`)).toMatchObject({
      status: 422,
      body: { message: 'No commit found for SHA: deadbeef' },
    })
  })

  test('opening wants a branch, something new, and no twin', async () => {
    const open = (head: string) =>
      call(`/repos/${repository}/pulls`, { body: { title: 'Revert', head, base: 'main', draft: true } })
    expect(await open('nowhere')).toMatchObject({
      status: 422,
      body: { message: 'Validation Failed', errors: [{ field: 'head', code: 'invalid' }] },
    })
    const { sha } = await read<Commit>(`/repos/${repository}/commits/main`)
    await call(`/repos/${repository}/git/refs`, { body: { ref: 'refs/heads/revert', sha } })
    expect((await open('revert')).body).toMatchObject({ errors: [{ message: 'No commits between main and revert' }] })
    await github.commit({
      repository,
      branch: 'revert',
      message: 'Revert',
      date: '2026-03-01T11:57:00Z',
      files: { [manifest]: 'memory: 512Mi\n' },
    })
    expect(await open('revert')).toMatchObject({ status: 201, body: { draft: true } })
    expect((await open('revert')).body).toMatchObject({
      errors: [{ message: 'A pull request already exists for acme:revert.' }],
    })
  })

  test('merging keeps what reached main meanwhile, and refuses conflicts', async () => {
    const change = async (branch: string, files: Record<string, string>): Promise<number> => {
      await github.commit({ repository, branch, message: branch, date: '2026-03-01T11:58:00Z', files })
      const opened = await call(`/repos/${repository}/pulls`, { body: { title: branch, head: branch, base: 'main' } })
      return (opened.body as Pull).number
    }
    const [one, two, three] = [
      await change('one', { one: '1' }),
      await change('two', { two: '2' }),
      await change('three', { one: '3' }),
    ]
    const merge = (number: number) => call(`/repos/${repository}/pulls/${number}/merge`, { method: 'PUT', body: {} })
    expect((await merge(one)).status).toBe(200)
    expect((await merge(two)).status).toBe(200)
    expect(await merge(three)).toMatchObject({ status: 405, body: { message: 'Pull Request is not mergeable' } })
    const { tree } = await read<{ tree: { path: string }[] }>(`/repos/${repository}/git/trees/main`)
    expect(tree.map(({ path }) => path)).toEqual(expect.arrayContaining(['one', 'two', 'apps']))
    expect(await read(`/repos/${repository}/pulls/${two}`)).toMatchObject({ merged_at: '2026-03-01T12:00:00Z' })
  })
})

function combined(): Promise<unknown> {
  return read(`/repos/${repository}/commits/${base.sha}/status`)
}

function report(state: string, context: string): Promise<TestAnswer> {
  return call(`/repos/${repository}/statuses/${base.sha}`, { body: { state, context } })
}

describe('deployments, statuses and runs', () => {
  test('a deployment is created, moves on and is found', async () => {
    const path = `/repos/${repository}/deployments`
    github.seedDeployment({ repository, sha: base.sha, environment: 'staging', createdAt: '2026-02-01T11:00:00Z' })
    const created = await call(path, { body: { ref: lowered.sha, environment: 'production' } })
    expect(created).toMatchObject({ status: 201, body: { sha: lowered.sha, created_at: '2026-03-01T12:00:00Z' } })
    const { id } = created.body as { id: number }
    expect((await call(`${path}/${id}/statuses`, { body: { state: 'failure' } })).status).toBe(201)
    expect((await call(`${path}/${id}/statuses`, { body: { state: 'odd' } })).status).toBe(422)
    expect(await read(`${path}/${id}/statuses`)).toMatchObject([{ state: 'failure', environment: 'production' }])
    expect(await read(`${path}?environment=production`)).toMatchObject([{ id }])
    expect(await call(path, { body: { ref: 'nowhere' } })).toMatchObject({ status: 422 })
    expect((await call(`${path}/1`)).status).toBe(404)
  })

  test('the combined status follows the latest of each context', async () => {
    expect(await combined()).toMatchObject({ state: 'pending', total_count: 0 })
    await report('failure', 'ci/test')
    await report('success', 'ci/lint')
    expect(await combined()).toMatchObject({ state: 'failure', total_count: 2 })
    await report('success', 'ci/test')
    expect(await combined()).toMatchObject({ state: 'success', total_count: 2 })
  })

  test('runs are listed by commit, outcome and date, with the logs of their jobs', async () => {
    const path = `/repos/${repository}/actions`
    const failed = github.seedRun({
      repository,
      sha: lowered.sha,
      name: 'deploy',
      createdAt: '2026-03-01T11:51:00Z',
      conclusion: 'failure',
      jobs: [{ name: 'apply', conclusion: 'failure', log: 'exit 1\n' }],
    })
    github.seedRun({ repository, sha: base.sha, name: 'deploy', createdAt: '2026-02-01T10:01:00Z' })
    const list = async (query: string): Promise<number[]> =>
      (await read<{ workflow_runs: { id: number }[] }>(`${path}/runs?${query}`)).workflow_runs.map(({ id }) => id)
    expect(await list('')).toHaveLength(2)
    expect(await list(`head_sha=${lowered.sha}`)).toEqual([failed.id])
    expect(await list('status=failure')).toEqual([failed.id])
    expect(await list('created=>=2026-03-01')).toEqual([failed.id])
    expect(await list('created=2026-01-01..2026-02-10')).not.toContain(failed.id)
    const { jobs } = await read<{ jobs: { id: number }[] }>(`${path}/runs/${failed.id}/jobs`)
    const log = await fetch(`${github.url}${path}/jobs/${jobs[0]?.id}/logs`, {
      headers: { authorization: `Bearer ${github.token}` },
      redirect: 'manual',
    })
    const address = log.headers.get('location') ?? ''
    expect(await (await fetch(address)).text()).toBe('exit 1\n')
    expect(await (await fetch(address, { headers: { range: 'bytes=5-6' } })).text()).toBe('1\n')
    expect((await send(address, { token: github.token })).status).toBe(400)
  })
})

test('commits that race for a branch do not lose each other silently', async () => {
  const write = (name: string) =>
    github.commit({ repository, message: name, date: '2026-03-01T11:59:00Z', files: { [name]: name } })
  const outcomes = await Promise.allSettled([write('left'), write('right')])
  const written = outcomes.filter(({ status }) => status === 'fulfilled').length
  const { tree } = await read<{ tree: { path: string }[] }>(`/repos/${repository}/git/trees/main`)
  expect(tree.filter(({ path }) => path === 'left' || path === 'right')).toHaveLength(written)
})

test('faults hit the API, and the log tells', async () => {
  github.faults.push({
    match: { path: `/repos/${repository}/commits` },
    times: 1,
    action: { kind: 'status', status: 403, body: { message: 'secondary rate limit' }, headers: { 'retry-after': '2' } },
  })
  expect((await call(`/repos/${repository}/commits?per_page=2`)).status).toBe(403)
  expect((await call(`/repos/${repository}/commits?per_page=2`)).status).toBe(200)
  expect(github.requests.slice(-2).map(({ status }) => status)).toEqual([403, 200])
})
