/** Which requests a fault hits. Everything left out matches all. */
export interface FaultMatch {
  /** HTTP method, in capitals. */
  method?: string
  /** A string must equal the path without its query; an expression is tried on the path with its query. */
  path?: string | RegExp
}

/** What goes wrong. */
export type FaultAction =
  /** Answer this at once; the service behind never sees the request. */
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  /** Never answer; the connection stays open until one side closes it. */
  | { kind: 'hang' }
  /** Close the socket before the request is processed. */
  | { kind: 'drop' }
  /** Process the request, then close the socket: the effect stands, the answer is lost. */
  | { kind: 'drop-after' }
  /** Wait so many milliseconds, then go on as usual. */
  | { kind: 'delay'; ms: number }

/** A failure to inject, in the order of the list it stands in. */
export interface Fault {
  match: FaultMatch
  /** How many more requests it hits; it is counted down. Without it: every matching request. */
  times?: number
  action: FaultAction
}

/**
 * Takes the first fault of the list that matches a request, and counts it down.
 * `path` is the request target with its query. Returns undefined when nothing is to go wrong.
 */
export function takeFault(faults: Fault[], method: string, path: string): FaultAction | undefined {
  const fault = faults.find((candidate) => (candidate.times ?? 1) > 0 && matches(candidate.match, method, path))
  if (fault?.times !== undefined) fault.times -= 1
  return fault?.action
}

function matches(match: FaultMatch, method: string, path: string): boolean {
  if (match.method !== undefined && match.method !== method) return false
  if (match.path === undefined) return true
  // `search` takes no notice of lastIndex, so an expression with the g flag matches every time too.
  return typeof match.path === 'string' ? path.split('?', 1)[0] === match.path : path.search(match.path) !== -1
}
