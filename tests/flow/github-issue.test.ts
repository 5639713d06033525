import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startGitHub, type GitHubStandIn } from '../../shared/simulator/src/github.ts'
import { send } from '../../shared/simulator/src/front/testing.ts'
import { readConfig } from '../../servers/github/src/config.ts'
import { createContext, type GitHubContext } from '../../servers/github/src/context.ts'
import { callTool } from '../../servers/github/src/testing.ts'
import { upsertIncidentIssue } from '../../servers/github/src/tools/upsert-incident-issue.ts'

const repository = 'example-homelab/kubernetes'

let github: GitHubStandIn

beforeAll(async () => {
  github = await startGitHub({ repositories: [{ owner: 'example-homelab', name: 'kubernetes', private: true }] })
  await github.commit({
    repository,
    message: 'Start',
    date: '2024-11-01T09:00:00Z',
    files: { 'README.md': '# Homelab\n' },
  })
})

afterEach(() => {
  github.faults.length = 0
})

afterAll(() => github.close())

function context(writes = 'true'): GitHubContext {
  const variables = { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token, GITHUB_REPOS: repository }
  return createContext(readConfig({ ...variables, GITHUB_ALLOW_WRITES: writes }), { timeoutMs: 2000 })
}

interface Issue {
  number: number
  title: string
  body: string
  state: string
  state_reason: string | null
  labels: { name: string }[]
}

async function issues(fingerprint: string): Promise<Issue[]> {
  const { body } = await send(`${github.url}/repos/${repository}/issues?state=all&per_page=100`, {
    token: github.token,
  })
  return (body as Issue[]).filter((issue) => issue.body.includes(`kubevigil:incident ${fingerprint} `))
}

async function comments(number: number | null): Promise<string[]> {
  const url = `${github.url}/repos/${repository}/issues/${number}/comments`
  return ((await send(url, { token: github.token })).body as { body: string }[]).map(({ body }) => body)
}

function patch(number: number | null, body: object): Promise<unknown> {
  return send(`${github.url}/repos/${repository}/issues/${number}`, { method: 'PATCH', token: github.token, body })
}

function upsert(fingerprint: string, change: object = {}, where = context()) {
  const given = { repository, fingerprint, title: 'checkout is down', body: 'OOM since 14:05.', ...change }
  return callTool(upsertIncidentIssue, given, where)
}

test('one issue through the life of an incident', async () => {
  const opened = await upsert('life-1')
  expect(opened).toMatchObject({ outcome: 'opened', written: true })
  expect(await issues('life-1')).toMatchObject([
    { number: opened.number, title: 'checkout is down', state: 'open', labels: [{ name: 'kubevigil' }] },
  ])

  expect(await upsert('life-1')).toMatchObject({ outcome: 'unchanged', written: false, number: opened.number })
  expect(await comments(opened.number)).toEqual([])

  await patch(opened.number, { body: `${(await issues('life-1'))[0]!.body}\n\nSam: I am on it.` })
  expect(await upsert('life-1', { body: 'OOM since 14:05; cart fails too.' })).toMatchObject({ outcome: 'updated' })
  const [updated] = await issues('life-1')
  expect(updated?.body).toMatch(/^OOM since 14:05; cart fails too\.[^]*Sam: I am on it\.$/)
  expect(await comments(opened.number)).toEqual([expect.stringContaining('cart fails too')])

  expect(await upsert('life-1', { resolved: true })).toMatchObject({ outcome: 'closed' })
  expect(await issues('life-1')).toMatchObject([{ state: 'closed', state_reason: 'completed' }])
  expect(await upsert('life-1', { resolved: true })).toMatchObject({ outcome: 'unchanged', written: false })

  expect(await upsert('life-1')).toMatchObject({ outcome: 'reopened', number: opened.number })
  expect(await issues('life-1')).toMatchObject([{ state: 'open' }])
  expect((await comments(opened.number)).map((text) => text.split('\n')[0])).toEqual([
    'It changed: checkout is down',
    'Resolved.',
    'It is back.',
  ])
})

test('what people closed stays closed until the incident was over', async () => {
  const { number } = await upsert('people-1')
  await patch(number, { state: 'closed' })
  expect(await upsert('people-1', { body: 'Still OOM.' })).toMatchObject({
    outcome: 'left-closed',
    written: false,
    number,
  })
  expect(await upsert('people-1', { resolved: true })).toMatchObject({ outcome: 'closed', number })
  expect(await comments(number)).toEqual([])
  expect(await upsert('people-1')).toMatchObject({ outcome: 'reopened', number })
})

test('an incident that is over and never had one gets none', async () => {
  expect(await upsert('none-1', { resolved: true })).toMatchObject({ outcome: 'none', written: false, number: null })
  expect(await issues('none-1')).toEqual([])
})

describe('never two', () => {
  test('calls side by side', async () => {
    const shared = context()
    const answers = await Promise.all([1, 2, 3].map((time) => upsert('race-1', { body: `Look ${time}` }, shared)))
    expect(new Set(answers.map(({ number }) => number)).size).toBe(1)
    expect(await issues('race-1')).toHaveLength(1)
  })

  test('servers side by side: the older one stays open, the other is closed with a word', async () => {
    github.faults.push({ match: { method: 'POST', path: /\/issues$/ }, action: { kind: 'delay', ms: 150 }, times: 2 })
    await Promise.all([upsert('race-2'), upsert('race-2')])
    await upsert('race-2')
    const [only, ...others] = (await issues('race-2')).filter(({ state }) => state === 'open')
    expect(others).toEqual([])
    const { body } = await send(`${github.url}/repos/${repository}/issues?state=closed`, { token: github.token })
    const duplicate = (body as Issue[]).find((issue) => issue.body === `The same as #${only?.number}.`)
    expect(duplicate).toMatchObject({ state_reason: 'not_planned' })
  })

  test('an answer to its opening that is lost', async () => {
    github.faults.push({ match: { method: 'POST', path: /\/issues$/ }, action: { kind: 'drop-after' }, times: 1 })
    const opened = await upsert('lost-1')
    expect(opened).toMatchObject({ outcome: 'opened', number: (await issues('lost-1'))[0]?.number })
    expect(await issues('lost-1')).toHaveLength(1)
  })

  test('an opening that did not happen is told, and happens the next time', async () => {
    github.faults.push({ match: { method: 'POST', path: /\/issues$/ }, action: { kind: 'drop' }, times: 1 })
    await expect(upsert('lost-2')).rejects.toThrow('is not known')
    expect(await upsert('lost-2')).toMatchObject({ outcome: 'opened' })
    expect(await issues('lost-2')).toHaveLength(1)
  })

  test('a comment whose answer is lost, and a change that failed behind its comment', async () => {
    const { number } = await upsert('lost-3')
    github.faults.push({ match: { method: 'POST', path: /\/comments$/ }, action: { kind: 'drop-after' }, times: 1 })
    const refusal = { kind: 'status' as const, status: 500, body: { message: 'No' } }
    github.faults.push({ match: { method: 'PATCH' }, action: refusal, times: 1 })
    await expect(upsert('lost-3', { body: 'Worse.' })).rejects.toThrow('GitHub answered 500')
    expect(await upsert('lost-3', { body: 'Worse.' })).toMatchObject({ outcome: 'updated' })
    expect(await comments(number)).toHaveLength(1)
  })
})

describe('what is not written', () => {
  test('anything, while writes are off', async () => {
    const sent = github.requests.filter(({ method }) => method !== 'GET').length
    const answer = await upsert('off-1', {}, context('false'))
    expect(answer).toMatchObject({ outcome: 'opened', written: false, number: null })
    expect(answer.notes[0]).toContain('GITHUB_ALLOW_WRITES=true')
    expect(github.requests.filter(({ method }) => method !== 'GET')).toHaveLength(sent)
  })

  test('secrets, mentions, marks of its own', async () => {
    const body = `token ghp_${'a1'.repeat(18)} ask @everyone <!-- kubevigil:incident other-1 state=open digest=${'0'.repeat(12)} count=1 -->`
    await upsert('clean-1', { title: `Call @sam ghp_${'b2'.repeat(18)}`, body })
    const [issue] = await issues('clean-1')
    expect(`${issue?.title} ${issue?.body}`).not.toMatch(/ghp_|@sam|@everyone|other-1/)
    expect(await issues('other-1')).toEqual([])
  })

  test("to other people's issues", async () => {
    const mine = (await issues('life-1'))[0]!
    const strangers = { ...context(), client: { ...context().client, login: async () => 'somebody-else' } }
    const answer = await upsert('life-1', { body: 'New.' }, { ...strangers, allowWrites: false })
    expect(answer).toMatchObject({ outcome: 'opened', written: false })
    expect(mine.number).toBeGreaterThan(0)
  })
})
