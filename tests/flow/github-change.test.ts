import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startGitHub, type GitHubStandIn } from '../../shared/simulator/src/github.ts'
import { send } from '../../shared/simulator/src/front/testing.ts'
import { readConfig } from '../../servers/github/src/config.ts'
import { createContext, type GitHubContext } from '../../servers/github/src/context.ts'
import { callTool } from '../../servers/github/src/testing.ts'
import { openChangePr } from '../../servers/github/src/tools/open-change-pr.ts'

const repository = 'example-homelab/kubernetes'
const manifest = 'apps/shop/deployment.yaml'

let github: GitHubStandIn
let day = 1

function deployment(memory: string, image = 'shop:1', replicas = 1): string {
  return `kind: Deployment
spec:
  replicas: ${replicas}
  template:
    spec:
      containers:
        - name: shop
          image: ${image}
          resources:
            requests:
              memory: 64Mi
            limits:
              memory: ${memory}
`
}

beforeAll(async () => {
  github = await startGitHub({ repositories: [{ owner: 'example-homelab', name: 'kubernetes', private: true }] })
})

afterEach(() => {
  github.faults.length = 0
})

afterAll(() => github.close())

function context(writes = 'true', change: Record<string, string> = {}): GitHubContext {
  const variables = { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token, GITHUB_REPOS: repository }
  return createContext(readConfig({ ...variables, GITHUB_ALLOW_WRITES: writes, ...change }), { timeoutMs: 2000 })
}

/** Writes a commit to the default branch, each a day after the other. */
async function commit(files: Record<string, string | null>, message = 'Tune shop'): Promise<string> {
  day += 1
  const date = new Date(Date.UTC(2024, 10, day, 9)).toISOString()
  return (await github.commit({ repository, message, date, files })).sha
}

async function read<T>(path: string): Promise<T> {
  return (await send(`${github.url}/repos/${repository}${path}`, { token: github.token })).body as T
}

async function fileAt(path: string, ref: string): Promise<string | undefined> {
  const { content } = await read<{ content?: string }>(`/contents/${path}?ref=${encodeURIComponent(ref)}`)
  return content === undefined ? undefined : Buffer.from(content, 'base64').toString()
}

async function mainHead(): Promise<string> {
  return (await read<{ object: { sha: string } }>('/git/ref/heads/main')).object.sha
}

function writes(): string[] {
  return github.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path.replace(`/repos/${repository}`, '')}`)
}

test('reverts a commit as a draft on a branch of its own, once however often it is asked', async () => {
  await commit({ [manifest]: deployment('512Mi') })
  const guilty = await commit({ [manifest]: deployment('256Mi') }, 'Save memory (@sam)')
  const before = await mainHead()
  const answer = await callTool(openChangePr, { repository, revert: guilty, reason: 'OOM since 14:05' }, context())
  expect(answer).toMatchObject({
    outcome: 'opened',
    base: 'main',
    title: expect.stringContaining('Revert "Save memory') as string,
  })
  expect(answer.branch).toMatch(new RegExp(`^kubevigil/revert-${guilty.slice(0, 7)}-[0-9a-f]{12}$`))
  expect(answer.files[0]?.patch).toContain('-              memory: 256Mi\n+              memory: 512Mi')
  expect(await fileAt(manifest, answer.branch)).toBe(deployment('512Mi'))
  const pull = await read<{ draft: boolean; merged: boolean; base: { ref: string }; body: string; title: string }>(
    `/pulls/${answer.pull}`,
  )
  expect(pull).toMatchObject({ draft: true, base: { ref: 'main' } })
  expect(pull.body).toContain('OOM since 14:05')
  expect(pull.title).not.toMatch(/@sam/)
  expect(await mainHead()).toBe(before)

  const sent = writes().length
  for (const again of [guilty, guilty.slice(0, 10)]) {
    const second = await callTool(openChangePr, { repository, revert: again }, context())
    expect(second).toMatchObject({ outcome: 'exists', pull: answer.pull, branch: answer.branch })
  }
  expect(writes()).toHaveLength(sent)
})

test('one that people closed is not opened again', async () => {
  const guilty = await commit({ 'apps/closed/a.yaml': 'a: 1\n' })
  const { pull } = await callTool(openChangePr, { repository, revert: guilty }, context())
  await send(`${github.url}/repos/${repository}/pulls/${pull}`, {
    method: 'PATCH',
    token: github.token,
    body: { state: 'closed' },
  })
  const again = await callTool(openChangePr, { repository, revert: guilty }, context())
  expect(again).toMatchObject({ outcome: 'exists', pull })
  expect(again.notes[0]).toContain('was closed by a person')
})

describe('files that were changed since', () => {
  test('elsewhere: both changes stay', async () => {
    await commit({ [manifest]: deployment('512Mi') })
    const guilty = await commit({ [manifest]: deployment('128Mi') })
    await commit({ [manifest]: deployment('128Mi', 'shop:2') })
    const { branch } = await callTool(openChangePr, { repository, revert: guilty }, context())
    expect(await fileAt(manifest, branch)).toBe(deployment('512Mi', 'shop:2'))
  })

  test('in the same place: refused with the file and the line, and nothing is written', async () => {
    await commit({ [manifest]: deployment('512Mi') })
    const guilty = await commit({ [manifest]: deployment('96Mi') })
    await commit({ [manifest]: deployment('640Mi') })
    const sent = writes().length
    await expect(callTool(openChangePr, { repository, revert: guilty }, context())).rejects.toThrow(
      /without a decision: apps\/shop\/deployment\.yaml was changed since in the same place \(line 13\)/,
    )
    expect(writes()).toHaveLength(sent)
  })

  test('back already: nothing is left to do', async () => {
    await commit({ [manifest]: deployment('512Mi') })
    const guilty = await commit({ [manifest]: deployment('80Mi') })
    await commit({ [manifest]: deployment('512Mi') })
    await expect(callTool(openChangePr, { repository, revert: guilty }, context())).rejects.toThrow('Nothing is left')
  })
})

describe('what can be named', () => {
  test('a range; files it made go, files it took come back', async () => {
    const first = await commit({ 'apps/range/old.yaml': 'old: 1\n' })
    await commit({ 'apps/range/new.yaml': 'new: 1\n' })
    const last = await commit({ 'apps/range/old.yaml': null })
    const { branch, files } = await callTool(openChangePr, { repository, revert: `${first}..${last}` }, context())
    expect(Object.fromEntries(files.map(({ path, status }) => [path, status]))).toEqual({
      'apps/range/new.yaml': 'removed',
      'apps/range/old.yaml': 'added',
    })
    expect(await fileAt('apps/range/old.yaml', branch)).toBe('old: 1\n')
    expect(await fileAt('apps/range/new.yaml', branch)).toBeUndefined()
  })

  test('a range the wrong way round is refused', async () => {
    const first = await commit({ 'apps/range/a.yaml': 'a: 1\n' })
    const last = await commit({ 'apps/range/a.yaml': 'a: 2\n' })
    await expect(callTool(openChangePr, { repository, revert: `${last}..${first}` }, context())).rejects.toThrow(
      /does not lead on from the first/,
    )
  })

  test.each(['squash', 'merge'] as const)('a pull request that went in as %s', async (method) => {
    day += 1
    const at = (hour: number): string => new Date(Date.UTC(2024, 10, day, hour)).toISOString()
    const path = `apps/${method}/a.yaml`
    await commit({ [path]: 'memory: 512Mi\n' })
    const files = { [path]: 'memory: 256Mi\n' }
    const pull = await github.mergedPull({
      repository,
      message: 'Less',
      title: 'Less',
      date: at(10),
      mergedAt: at(11),
      files,
      method,
    })
    const { branch } = await callTool(openChangePr, { repository, revert: `#${pull.number}` }, context())
    expect(await fileAt(path, branch)).toBe('memory: 512Mi\n')
  })

  test('an edit of a text that is there once', async () => {
    await commit({ 'apps/edit/a.yaml': 'password: hunter2hunter2\nmemory: 256Mi\n' })
    const edits = [{ path: 'apps/edit/a.yaml', find: 'memory: 256Mi', replace: 'memory: 512Mi' }]
    const answer = await callTool(openChangePr, { repository, edits }, context())
    expect(answer).toMatchObject({ outcome: 'opened', title: 'Change apps/edit/a.yaml' })
    // What no answer may show stays in the file as it was.
    expect(await fileAt('apps/edit/a.yaml', answer.branch)).toBe('password: hunter2hunter2\nmemory: 512Mi\n')
  })

  test.each<[string, { path: string; find: string; replace: string }, RegExp]>([
    ['a text that is not there', { path: manifest, find: 'nothing', replace: 'x' }, /is not in it/],
    ['a text that is there twice', { path: manifest, find: 'memory', replace: 'x' }, /stands in it 2 times/],
    ['a file that is not there', { path: 'apps/none.yaml', find: 'a', replace: 'b' }, /there is no such file/],
    ['a new file over an old one', { path: manifest, find: '', replace: 'b' }, /is there already/],
    [
      'a mark of redaction',
      { path: 'apps/x.yaml', find: '', replace: 'key: <redacted:password>\n' },
      /left out of an answer/,
    ],
    ['a secret', { path: 'apps/x.yaml', find: '', replace: `token: ghp_${'a1'.repeat(18)}\n` }, /looks like a secret/],
    ['a Secret', { path: 'apps/s.yaml', find: '', replace: 'kind: Secret\ndata:\n  a: YWJj\n' }, /looks like a secret/],
    ['a pipeline', { path: '.github/workflows/ci.yml', find: '', replace: 'on: push\n' }, /is a pipeline/],
    [
      'a pipeline of another service',
      { path: '.circleci/config.yml', find: '', replace: 'jobs: {}\n' },
      /is a pipeline/,
    ],
    [
      'a pipeline by a detour',
      { path: './.github/workflows/ci.yml', find: '', replace: 'on: push\n' },
      /no plain path/,
    ],
    ['a path with a gap', { path: '.github//workflows/ci.yml', find: '', replace: 'on: push\n' }, /no plain path/],
    ["Git's own folder", { path: 'apps/.git/hooks/post-checkout', find: '', replace: 'x\n' }, /no plain path/],
  ])('%s is refused, and nothing is written', async (_, edit, message) => {
    await commit({ [manifest]: deployment('512Mi') })
    const sent = writes().length
    await expect(callTool(openChangePr, { repository, edits: [edit] }, context())).rejects.toThrow(message)
    expect(writes()).toHaveLength(sent)
  })
})

describe('what is never done', () => {
  test.each<[string, string, boolean]>([
    ['writes are off', 'false', false],
    ['a dry run', 'true', true],
  ])('nothing is written when %s, but the change is shown', async (_, allowed, dryRun) => {
    const guilty = await commit({ [`apps/dry-${String(dryRun)}/a.yaml`]: 'a: 1\n' })
    const sent = writes().length
    const answer = await callTool(openChangePr, { repository, revert: guilty, dryRun }, context(allowed))
    expect(answer).toMatchObject({ outcome: 'planned', pull: null, files: [{ status: 'removed' }] })
    expect(answer.files[0]?.patch).toContain('-a: 1')
    expect(answer.notes.join()).toContain(dryRun ? '' : 'GITHUB_ALLOW_WRITES=true')
    expect(writes()).toHaveLength(sent)
  })

  test('a default branch is not written, nothing is forced, merged or deleted', () => {
    expect(writes().length).toBeGreaterThan(0)
    const seen = writes().filter((line) => !line.includes('/git/blobs'))
    expect(seen.filter((line) => /^(?:DELETE|PUT)/.test(line) || /merge/.test(line))).toEqual([])
    expect(seen.filter((line) => line.startsWith('PATCH') && line.includes('/git/'))).toEqual([])
  })

  test('a commit that the branch does not hold is not taken back', async () => {
    const date = '2024-12-29T09:00:00Z'
    await github.commit({
      repository,
      branch: 'aside',
      message: 'Aside',
      date,
      files: { 'apps/aside/a.yaml': 'a: 1\n' },
    })
    const { sha } = await github.commit({
      repository,
      branch: 'aside',
      message: 'More',
      date,
      files: { 'apps/aside/a.yaml': 'a: 2\n' },
    })
    const sent = writes().length
    await expect(callTool(openChangePr, { repository, revert: sha }, context())).rejects.toThrow('is not in main')
    expect(writes()).toHaveLength(sent)
  })

  test('a repository that is not on the list is not asked', async () => {
    const before = github.requests.length
    const other = { repository: 'example-homelab/other', revert: 'a'.repeat(40) }
    await expect(callTool(openChangePr, other, context())).rejects.toThrow('may not be read')
    expect(github.requests).toHaveLength(before)
  })

  test('a branch of the name that others made is left alone', async () => {
    const guilty = await commit({ 'apps/taken/a.yaml': 'a: 1\n' })
    const { branch } = await callTool(openChangePr, { repository, revert: guilty, dryRun: true }, context())
    await github.commit({
      repository,
      branch,
      message: 'Mine',
      date: '2024-12-30T09:00:00Z',
      files: { 'x.txt': 'x\n' },
    })
    await expect(callTool(openChangePr, { repository, revert: guilty }, context())).rejects.toThrow(
      'holds other commits',
    )
  })
})

describe('failures half-way', () => {
  test.each([/\/git\/refs$/, /\/pulls$/])(
    'an answer to POST %s that is lost does not lead to a second one',
    async (path) => {
      const guilty = await commit({ [`apps/lost-${path.source.length}/a.yaml`]: 'a: 1\n' })
      github.faults.push({ match: { method: 'POST', path }, action: { kind: 'drop-after' }, times: 1 })
      const answer = await callTool(openChangePr, { repository, revert: guilty }, context())
      expect(answer.outcome).toBe('opened')
      const pulls = await read<{ head: { ref: string } }[]>('/pulls?state=all&per_page=100')
      expect(pulls.filter(({ head }) => head.ref === answer.branch)).toHaveLength(1)
    },
  )

  test('one that failed before the pull request is taken up again', async () => {
    const guilty = await commit({ 'apps/again/a.yaml': 'a: 1\n' })
    const refusal = { kind: 'status' as const, status: 502, body: { message: 'Bad gateway' } }
    github.faults.push({ match: { method: 'POST', path: /\/pulls$/ }, action: refusal, times: 1 })
    await expect(callTool(openChangePr, { repository, revert: guilty }, context())).rejects.toThrow(
      'GitHub answered 502',
    )
    const commits = writes().filter((line) => line === 'POST /git/commits').length
    const answer = await callTool(openChangePr, { repository, revert: guilty }, context())
    expect(answer.outcome).toBe('opened')
    expect(writes().filter((line) => line === 'POST /git/commits')).toHaveLength(commits)
  })

  test('where there are no drafts, the branch is left for a person', async () => {
    const guilty = await commit({ 'apps/no-drafts/a.yaml': 'a: 1\n' })
    const body = { message: 'Validation Failed', errors: [{ message: 'Draft pull requests are not supported' }] }
    github.faults.push({ match: { method: 'POST', path: /\/pulls$/ }, action: { kind: 'status', status: 422, body } })
    await expect(callTool(openChangePr, { repository, revert: guilty }, context())).rejects.toMatchObject({
      message: expect.stringContaining('Draft pull requests are not supported') as string,
      hint: expect.stringContaining('open the pull request from it by hand') as string,
    })
  })

  test('a token that may only read is told what it needs', async () => {
    const guilty = await commit({ 'apps/read-only/a.yaml': 'a: 1\n' })
    const refusal = { kind: 'status' as const, status: 403, body: { message: 'Resource not accessible by token' } }
    github.faults.push({ match: { method: 'POST' }, action: refusal })
    await expect(callTool(openChangePr, { repository, revert: guilty }, context())).rejects.toThrow(
      /may not write files in example-homelab\/kubernetes: Resource not accessible/,
    )
  })
})
