import { log } from '@kubevigil/mcp-kit/log'
import type { Octokit } from '@octokit/rest'
import { createIdentity, once, type Credentials, type Identity } from './credentials.ts'
import { createRenames, renamedId, type Renamed } from './renames.ts'

/** One tool call's conversation with GitHub. */
export interface Session {
  /** Ends every request of the call. */
  signal: AbortSignal
  /** Requests sent so far, repeated ones included. */
  calls: number
  /** A repository that GitHub knows by another name, once one was met. */
  renamed?: Renamed
}

/** A request in octokit's words. */
export interface Request {
  /** octokit's form, such as `GET /repos/{owner}/{repo}/commits`. */
  route: string
  params: Record<string, unknown>
}

export interface Answer {
  status: number
  headers: { link?: string | undefined; etag?: string | undefined; location?: string | undefined }
  data: unknown
}

/** How a request is sent: more headers, and whether its body comes as a stream. */
interface Manner {
  headers?: Record<string, string>
  raw?: boolean
}

/** Requests with credentials, one each, whose failures are octokit's. */
export interface Connection {
  /** Reads where the repository lives today: a rename that may be followed is. */
  read: (request: Request, manner: Manner, session: Session, signal: AbortSignal) => Promise<Answer>
  /** Sends as asked; an answer that leads elsewhere is handed back, not followed. */
  send: (request: Request, signal: AbortSignal) => Promise<Answer>
  login: () => Promise<string>
}

/** Makes a connection. It loads octokit and touches the network on its first request only. */
export function createConnection(options: {
  credentials: Credentials
  apiUrl: string
  /** What may be read; its first entry also tells an App whose installation searches. */
  repositories: readonly string[]
  /** Longest an App's token may take, in milliseconds. */
  timeoutMs: number
}): Connection {
  const { credentials, apiUrl, repositories, timeoutMs } = options
  const renames = createRenames(repositories)
  const connect = once(async (): Promise<{ kit: Octokit; identity: Identity }> => {
    const kit = await load(apiUrl, timeoutMs)
    return { kit, identity: createIdentity(credentials, kit) }
  })

  async function request(
    { route, params }: Request,
    { repository, headers = {}, raw = false }: Manner & { repository: string },
    signal: AbortSignal,
  ): Promise<Answer> {
    const { kit, identity } = await connect()
    const own = params['headers'] as Record<string, string> | undefined
    return kit.request(route, {
      ...params,
      headers: { ...own, ...headers, authorization: await identity.authorize(repository) },
      request: { signal, redirect: 'manual', parseSuccessResponseBody: !raw },
    })
  }

  async function read(
    { route, params }: Request,
    options: Manner,
    session: Session,
    signal: AbortSignal,
  ): Promise<Answer> {
    if (!('owner' in params))
      return request({ route, params }, { ...options, repository: repositories[0] ?? '' }, signal)
    const asked = nameOf(params)
    const ask = (repository: string): Promise<Answer> => {
      if (repository !== asked) session.renamed = { from: asked, to: repository }
      const [owner, repo] = repository.split('/')
      return request({ route, params: { ...params, owner, repo } }, { ...options, repository }, signal)
    }
    const answer = await ask(renames.current(asked))
    const id = renamedId(answer)
    if (id === undefined) return answer
    session.calls += 1
    const moved = await request({ route: 'GET /repositories/{id}', params: { id } }, { repository: asked }, signal)
    renames.accept(asked, fullName(moved.data))
    return ask(renames.current(asked))
  }

  return {
    read,
    send: (sent, signal) => request(sent, { repository: nameOf(sent.params) }, signal),
    login: once(async () => (await connect()).identity.login()),
  }
}

/** `owner/name` of a request's parameters. */
export function nameOf({ owner, repo }: Record<string, unknown>): string {
  return `${String(owner)}/${String(repo)}`
}

/** Empty for what is no repository, which no list allows. */
function fullName(data: unknown): string {
  const { full_name: name } = (data ?? {}) as { full_name?: unknown }
  return typeof name === 'string' ? name : ''
}

async function load(apiUrl: string, timeoutMs: number): Promise<Octokit> {
  const module = await import('@octokit/rest')
  return new module.Octokit({
    baseUrl: apiUrl,
    userAgent: 'kubevigil',
    log: { debug: () => {}, info: () => {}, warn: note, error: note },
    request: {
      // An App's token is asked for without a signal of the caller's.
      fetch: (url: string, init: RequestInit) =>
        fetch(url, { ...init, signal: init.signal ?? AbortSignal.timeout(timeoutMs) }),
    },
  })
}

function note(message: string): void {
  log('debug', 'Octokit', { message })
}
