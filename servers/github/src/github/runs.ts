import { redact } from '@kubevigil/core/redact'
import type { z } from 'zod'
import { cleanLine, cleanText } from './clean.ts'
import type { GitHubClient, Session } from './client.ts'
import { ApiJobs, ApiRuns } from './schemas.ts'
import { instant, split } from './shapes.ts'

/** A workflow run. Every text in it is cleaned and bounded. */
export interface Run {
  id: number
  workflow: string
  title: string
  branch: string
  sha: string
  event: string
  author: string
  /** success, failure, timed_out and the like; queued or in_progress while it goes on. */
  outcome: string
  createdAt: string
  url: string
}

export interface Job {
  id: number
  name: string
}

const failures: ReadonlySet<string> = new Set(['failure', 'timed_out', 'startup_failure'])

/** Whether a run ended badly. */
export function hasFailed({ outcome }: Run): boolean {
  return failures.has(outcome)
}

/** Lists workflow runs, newest first. `sha` is a full one: GitHub finds nothing for a short one. */
export async function listRuns(
  client: GitHubClient,
  query: {
    repository: string
    sha?: string | undefined
    branch?: string | undefined
    since?: string | undefined
    until?: string | undefined
    limit: number
  },
  session: Session,
): Promise<{ runs: Run[]; hasMore: boolean }> {
  const { repository, sha, branch, since, until, limit } = query
  const created = since === undefined && until === undefined ? {} : { created: `${since ?? '*'}..${until ?? '*'}` }
  const { data, hasMore } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/actions/runs',
      params: {
        ...split(repository),
        ...(sha === undefined ? {} : { head_sha: sha }),
        ...(branch === undefined ? {} : { branch }),
        ...created,
        per_page: limit,
      },
      schema: ApiRuns,
      what: `the workflow runs of ${repository}`,
    },
    session,
  )
  return { runs: data.workflow_runs.map(toRun), hasMore }
}

/** The failed jobs of a run's last attempt. */
export async function listFailedJobs(
  client: GitHubClient,
  { repository, run }: { repository: string; run: number },
  session: Session,
): Promise<Job[]> {
  const { data } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs',
      params: { ...split(repository), run_id: run, per_page: 100 },
      schema: ApiJobs,
      what: `the jobs of run ${run} in ${repository}`,
    },
    session,
  )
  return data.jobs
    .filter(({ conclusion }) => failures.has(conclusion ?? ''))
    .map(({ id, name }) => ({ id, name: cleanLine(name ?? '', 100) }))
}

/** Lines that are shown of a log's end, and characters of a line. */
const tail = { lines: 40, line: 240 }

/** The last lines of a job's log up to its last error: behind that only cleaning up is told. Not complete when its end was not reached. */
export async function readLogTail(
  client: GitHubClient,
  { repository, job }: { repository: string; job: number },
  session: Session,
): Promise<{ lines: string[]; complete: boolean }> {
  const { text, complete } = await client.readEnd(
    {
      route: 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs',
      params: { ...split(repository), job_id: job },
      what: `the log of job ${job} in ${repository}`,
    },
    session,
  )
  // Secrets are taken out before lines are: a key block spans several.
  const lines = redact(text).split(/\r?\n/).map(plainLine)
  const error = lines.findLastIndex((line) => line.includes('##[error]'))
  const upTo = error === -1 ? lines : lines.slice(0, error + 1)
  return { lines: upTo.filter((line) => line !== '').slice(-tail.lines), complete }
}

/** A line of a log without its time stamp and colours. */
function plainLine(line: string): string {
  const bare = line
    .slice(0, 4 * tail.line)
    .replace(/^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]+Z /, '')
    .replaceAll(new RegExp(`${String.fromCodePoint(27)}\\[[\\d;]*[A-Za-z]`, 'g'), '')
  return cleanText(bare, tail.line, { keepMarkup: true })
}

function toRun(api: z.output<typeof ApiRuns>['workflow_runs'][number]): Run {
  return {
    id: api.id,
    workflow: cleanLine(api.name ?? '', 80),
    title: cleanLine(api.display_title ?? '', 200),
    branch: cleanLine(api.head_branch ?? '', 80),
    sha: api.head_sha?.toLowerCase() ?? '',
    event: cleanLine(api.event ?? '', 40),
    author: cleanLine(api.actor?.login ?? '', 80),
    outcome: cleanLine(api.conclusion ?? api.status ?? '', 30),
    createdAt: instant(api.created_at),
    url: cleanLine(api.html_url ?? '', 250),
  }
}
