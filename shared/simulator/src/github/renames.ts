import type { FrontAnswer, FrontRequest } from '../front/front.ts'
import { json } from './answers.ts'

/** Repositories under other names than the emulator knows them by. */
export interface Renames {
  /** From now on the repository is called `to`; its id stays, and its old name leads there. */
  rename: (from: string, to: string) => void
  /** The redirect that an old name answers with; undefined for any other name. */
  redirect: (request: FrontRequest) => FrontAnswer | undefined
  /** The request under the name that the emulator knows. */
  inward: (request: FrontRequest) => FrontRequest
  /** The answer with the name that the caller knows. */
  outward: (answer: FrontAnswer) => FrontAnswer
}

interface Renamed {
  id: number
  from: string
  to: string
}

/** Makes an empty table of renames. */
export function createRenames(url: string): Renames {
  const all: Renamed[] = []

  return {
    rename: (from, to) => void all.push({ id: 900_000 + all.length, from, to }),
    redirect(request) {
      for (const { id, from } of all) {
        const rest = below(request, `/repos/${from}`)
        if (rest === undefined) continue
        const location = `${url}/repositories/${id}${rest}`
        // GitHub asks to repeat the same method: 301 for reading, 307 for the rest.
        return json(request.method === 'GET' ? 301 : 307, { message: 'Moved Permanently', url: location }, { location })
      }
      return undefined
    },
    inward(request) {
      for (const { id, from, to } of all) {
        const rest = below(request, `/repositories/${id}`) ?? below(request, `/repos/${to}`)
        if (rest === undefined) continue
        const path = `/repos/${from}${rest}`
        return { ...request, path, url: new URL(path, url) }
      }
      return request
    },
    outward(answer) {
      if (all.length === 0) return answer
      const text = answer.body.toString()
      return { ...answer, body: all.reduce((body, { from, to }) => body.replaceAll(from, to), text) }
    },
  }
}

/** What of a request's target comes behind a prefix; undefined when it is not below it. Names are the same in any case. */
function below(request: FrontRequest, prefix: string): string | undefined {
  const { pathname, search } = request.url
  const isBelow =
    pathname.toLowerCase() === prefix.toLowerCase() || pathname.toLowerCase().startsWith(`${prefix}/`.toLowerCase())
  return isBelow ? `${pathname.slice(prefix.length)}${search}` : undefined
}
