import { expect, test } from 'vitest'
import { GitHubError } from '../github/errors.ts'
import { callTool, fakeContext } from '../testing.ts'
import { listPipelineRuns } from './list-pipeline-runs.ts'

const repository = 'acme/deploy'

function run(id: number, conclusion: string | null): object {
  return {
    id,
    name: 'CI',
    display_title: 'Tune',
    head_branch: 'main',
    head_sha: 'a'.repeat(40),
    event: 'push',
    status: 'in_progress',
    conclusion,
    created_at: '2026-11-20T14:00:00Z',
  }
}

const jobs = {
  jobs: [
    { id: 5, name: 'build', conclusion: 'failure' },
    { id: 6, name: 'lint', conclusion: 'success' },
  ],
}
const escape = String.fromCodePoint(27)
const log = `2026-11-20T14:00:01.1Z ${escape}[31mone${escape}[0m\n2026-11-20T14:00:02.2Z ##[error]password=hunter22 broke\nCleaning up\n`

test('gives failed runs their failed jobs and the log up to the error', async () => {
  const context = fakeContext({
    '/actions/runs': { workflow_runs: [run(1, 'success'), run(2, 'failure'), run(3, null)] },
    '/actions/runs/{run_id}/jobs': jobs,
    '/actions/jobs/{job_id}/logs': log,
  })
  const { runs } = await callTool(listPipelineRuns, { repository }, context)
  expect(runs.map(({ outcome }) => outcome)).toEqual(['success', 'failure', 'in_progress'])
  expect(runs[1]).toMatchObject({ failedJobs: ['build'], log: ['one', '##[error]password=<redacted:password> broke'] })
  expect(runs[0]).not.toHaveProperty('log')
  const failed = await callTool(listPipelineRuns, { repository, failedOnly: true }, context)
  expect(failed.runs.map(({ id }) => id)).toEqual([2])
})

test('a log that cannot be read leaves the row, and coverage says why', async () => {
  const context = fakeContext({
    '/actions/runs': { workflow_runs: [run(2, 'timed_out')] },
    '/actions/runs/{run_id}/jobs': { jobs: [{ id: 5, name: 'build', conclusion: 'timed_out' }] },
    '/actions/jobs/{job_id}/logs': () => {
      throw new GitHubError('not-found', 'Gone.', 'Nothing.')
    },
  })
  const answer = await callTool(listPipelineRuns, { repository }, context)
  expect(answer.runs[0]).toMatchObject({ failedJobs: ['build'] })
  expect(answer.coverage.find(({ source }) => source === 'logs')).toMatchObject({ status: 'error' })
})

test('stays within bounds', async () => {
  const context = fakeContext({
    '/actions/runs': { workflow_runs: Array.from({ length: 20 }, (_, at) => run(at, 'failure')) },
    '/actions/runs/{run_id}/jobs': {
      jobs: Array.from({ length: 90 }, (_, id) => ({ id, name: '世"'.repeat(200), conclusion: 'failure' })),
    },
    '/actions/jobs/{job_id}/logs': `${'"x'.repeat(900)}\n`.repeat(2000),
  })
  const answer = await callTool(listPipelineRuns, { repository, limit: 20 }, context)
  expect(JSON.stringify(answer).length).toBeLessThan(16_000)
})
