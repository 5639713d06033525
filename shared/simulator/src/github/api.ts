import type { FrontAnswer } from '../front/front.ts'
import type { Upstream } from '../front/upstream.ts'
import { readJson } from './answers.ts'

/** The emulator's GitHub as the stand-in itself uses it: with a token of its own, past the log and the faults. */
export interface GitHubApi {
  /** Sends a request; a body goes as JSON. */
  call: (method: string, path: string, body?: unknown) => Promise<FrontAnswer>
  /** Reads; undefined when the emulator answers with an error. */
  get: <T>(path: string) => Promise<T | undefined>
  /** Reads a list to its end. */
  list: <T>(path: string) => Promise<T[]>
  /** Writes; throws when the emulator refuses. */
  write: <T>(method: string, path: string, body: unknown) => Promise<T>
}

const pageSize = 100

/** Talks to the emulator with the given token. `url` is the front's: Link headers lead where the Host header says. */
export function createApi(upstream: Upstream, url: string, token: string): GitHubApi {
  const headers = { host: new URL(url).host, authorization: `Bearer ${token}`, 'content-type': 'application/json' }

  function call(method: string, path: string, body?: unknown): Promise<FrontAnswer> {
    return upstream.call(method, path, { headers, body: body === undefined ? '' : JSON.stringify(body) })
  }

  async function get<T>(path: string): Promise<T | undefined> {
    const answer = await call('GET', path)
    return answer.status < 300 ? (readJson(answer) as T | undefined) : undefined
  }

  async function list<T>(path: string): Promise<T[]> {
    const all: T[] = []
    for (let page = 1; ; page += 1) {
      const separator = path.includes('?') ? '&' : '?'
      const items = (await get<T[]>(`${path}${separator}per_page=${pageSize}&page=${page}`)) ?? []
      all.push(...items)
      if (items.length < pageSize) return all
    }
  }

  async function write<T>(method: string, path: string, body: unknown): Promise<T> {
    const answer = await call(method, path, body)
    const value = readJson(answer) as T | undefined
    if (answer.status >= 300 || value === undefined) {
      throw new Error(`GitHub stand-in: ${method} ${path} answered ${answer.status}: ${answer.body.toString()}`)
    }
    return value
  }

  return { call, get, list, write }
}
