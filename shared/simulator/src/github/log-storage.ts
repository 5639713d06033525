import type { FrontAnswer, FrontRequest } from '../front/front.ts'
import { problem } from './answers.ts'
import type { GitHubState } from './state.ts'

const folder = '/storage/logs/'

/** Where the log of a job is kept: GitHub hands out an address with a signature, on another host. */
export function logAddress({ url }: GitHubState, job: number): string {
  return `${url}${folder}${job}?sig=stand-in`
}

/** The storage's own answers, parts included; undefined for what is not in it. Like GitHub's it refuses who brings a token. */
export function answerFromStorage({ url, headers }: FrontRequest, state: GitHubState): FrontAnswer | undefined {
  if (!url.pathname.startsWith(folder)) return undefined
  if (headers.authorization !== undefined) return problem(400, 'Authentication is by the signature alone')
  const job = state.runs.flatMap(({ jobs }) => jobs).find(({ id }) => id === Number(url.pathname.slice(folder.length)))
  if (job === undefined || url.searchParams.get('sig') !== 'stand-in')
    return problem(404, 'The specified blob does not exist')
  const whole = Buffer.from(job.log)
  const type = { 'content-type': 'text/plain; charset=utf-8' }
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
  if (from === undefined || to === undefined) return { status: 200, headers: type, body: whole }
  const range = `bytes ${from}-${to}/${whole.length}`
  return {
    status: 206,
    headers: { ...type, 'content-range': range },
    body: whole.subarray(Number(from), Number(to) + 1),
  }
}
