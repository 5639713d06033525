import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGitHub, type GitHubStandIn } from '../../shared/simulator/src/github.ts'
import { readConfig } from '../../servers/github/src/config.ts'
import { createContext, type GitHubContext } from '../../servers/github/src/context.ts'
import { callTool } from '../../servers/github/src/testing.ts'
import { correlateIncident } from '../../servers/github/src/tools/correlate-incident.ts'
import { listChanges } from '../../servers/github/src/tools/list-changes.ts'
import { fleet, fleetIncident, fleetSha, lastOfApp } from './github-fleet.ts'

const { repository, history } = fleet

let github: GitHubStandIn

beforeAll(async () => {
  github = await startGitHub({ repositories: [{ owner: 'acme', name: 'fleet', history }] })
})

afterAll(() => github.close())

function context(): GitHubContext {
  const variables = { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token, GITHUB_REPOS: repository }
  return createContext(readConfig(variables))
}

test.each([
  ['a sync of a few commits', lastOfApp - 1],
  ['a sync that brought thousands at once', 2000],
])('%s: the commit of the application is found within a few dozen calls', async (_, from) => {
  const before = github.requests.length
  const answer = await callTool(correlateIncident, fleetIncident(from), context())
  expect(answer.suspects[0]).toMatchObject({
    sha: fleetSha(lastOfApp),
    files: ['apps/app-057/deployment.yaml'],
  })
  const requests = github.requests.length - before
  expect(answer.searched.calls).toBe(requests)
  expect(requests).toBeLessThanOrEqual(40)
})

test('its whole time line can be walked without growing', async () => {
  const shared = context()
  const page = await callTool(listChanges, { repository, kinds: ['commit'], limit: 50 }, shared)
  const next = await callTool(listChanges, { repository, cursor: page.next ?? '', kinds: ['commit'] }, shared)
  expect([page.changes.length, next.changes.length]).toEqual([50, 50])
  expect(JSON.stringify(page).length).toBeLessThan(20_000)
  expect(page.changes.at(-1)?.sha).not.toBe(next.changes[0]?.sha)
})
