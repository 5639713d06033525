import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { createConnection, nameOf, type Answer, type Connection, type Request, type Session } from './connection.ts'
import { describeCredentials, type Credentials } from './credentials.ts'
import { GitHubError } from './errors.ts'
import { createEtagCache } from './etags.ts'
import { httpFailure, pauseBefore } from './retries.ts'
import { renamedId } from './renames.ts'
import { readEnd, type LogEnd } from './storage.ts'
import { fromNetwork, fromStatus, malformed, movedAway, noToken, timedOut } from './wording.ts'

export type { Session } from './connection.ts'

/** A request, and what it is in error texts, such as `the commits of acme/deploy`. */
interface Asked extends Request {
  what: string
}

/** What to ask, and the form of the answer. */
export interface Question<S extends z.ZodType> extends Asked {
  schema: S
}

export interface GitHubClient {
  /** The host, for texts. */
  host: string
  /** Reads one page. @throws GitHubError */
  get: <S extends z.ZodType>(
    question: Question<S>,
    session: Session,
  ) => Promise<{ data: z.output<S>; hasMore: boolean }>
  /** Changes something. It is sent once; after an unclear failure (`isUnclear`) look before sending it again. @throws GitHubError */
  send: <S extends z.ZodType>(question: Question<S>, session: Session) => Promise<z.output<S>>
  /** Reads the end of a text that GitHub keeps in a storage of its own. @throws GitHubError */
  readEnd: (question: Asked, session: Session) => Promise<LogEnd>
  /** The login under which what is written appears. @throws GitHubError */
  login: (session: Session) => Promise<string>
}

/** Makes a client. It loads octokit and touches the network on its first request only. */
export function createClient(options: {
  credentials: Credentials | undefined
  apiUrl: string
  /** What may be read. */
  repositories: readonly string[]
  /** Longest one request may take with its repetitions, in milliseconds. */
  timeoutMs: number
}): GitHubClient {
  const { credentials, apiUrl, repositories, timeoutMs } = options
  const host = new URL(apiUrl).host
  const cache = createEtagCache()
  const connection = credentials && createConnection({ credentials, apiUrl, repositories, timeoutMs })

  /** Does one thing with its repetitions, within the deadline; every failure becomes a GitHubError. */
  async function attempt<T>(
    what: string,
    doing: 'read' | 'write',
    session: Session,
    work: (connection: Connection, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (credentials === undefined || connection === undefined) throw noToken()
    const deadline = AbortSignal.timeout(timeoutMs)
    const signal = AbortSignal.any([session.signal, deadline])
    for (let tried = 0; ; tried += 1) {
      session.calls += 1
      try {
        return await work(connection, signal)
      } catch (error) {
        session.signal.throwIfAborted()
        if (deadline.aborted) throw timedOut(host, what, timeoutMs, doing)
        if (error instanceof GitHubError) throw error
        const failure = httpFailure(error)
        const worded =
          failure === undefined
            ? fromNetwork(error, host, doing)
            : fromStatus(failure, what, { doing, ...describeCredentials(credentials) })
        const pause = pauseBefore(tried, failure, doing)
        if (pause === undefined) throw worded
        await sleep(pause, undefined, { signal }).catch(() => {
          session.signal.throwIfAborted()
          throw worded
        })
      }
    }
  }

  return {
    host,
    get({ schema, what, ...question }, session) {
      return attempt(what, 'read', session, async ({ read }, signal) => {
        const key = `${question.route} ${JSON.stringify(question.params)}`
        const kept = cache.get(key)
        const headers = kept === undefined ? {} : { 'if-none-match': kept.etag }
        const answer = await read(question, { headers }, session, signal).catch((error: unknown) => {
          if (kept !== undefined && httpFailure(error)?.status === 304) return undefined
          throw error
        })
        const { data, hasMore } = answer === undefined ? kept! : pageOf(answer)
        const parsed = schema.safeParse(data)
        if (!parsed.success) throw malformed(host, what)
        const etag = answer?.headers.etag
        if (etag !== undefined) cache.set(key, { etag, data, hasMore })
        return { data: parsed.data, hasMore }
      })
    },
    send({ schema, what, ...question }, session) {
      return attempt(what, 'write', session, async (open, signal) => {
        const repository = nameOf(question.params)
        const answer = await open.send(question, signal)
        if (renamedId(answer) !== undefined) throw movedAway(repository)
        const parsed = schema.safeParse(answer.data)
        if (!parsed.success) throw malformed(host, what)
        return parsed.data
      })
    },
    readEnd({ what, ...question }, session) {
      return attempt(what, 'read', session, async ({ read }, signal) =>
        readEnd(await read(question, { raw: true }, session, signal), apiUrl, signal),
      )
    },
    login: (session) => attempt('its own account', 'read', session, ({ login }) => login()),
  }
}

function pageOf({ data, headers }: Answer): { data: unknown; hasMore: boolean } {
  return { data, hasMore: /rel="next"/.test(headers.link ?? '') }
}
