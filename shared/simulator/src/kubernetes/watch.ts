import type { Cluster } from './cluster.ts'
import type { Json, JsonObject, KubernetesObject } from './json.ts'
import { present, readSelection } from './read.ts'
import type { Reply } from './reply.ts'
import { negotiate } from './representation.ts'
import { isTrue, type ApiRequest, type Target } from './request.ts'
import { groupVersionOf, storageKey, type Resource } from './resources.ts'
import { StatusError, badRequest } from './status.ts'
import type { Change } from './store.ts'

/** Without a timeout of its own a watch lasts as long as the real server lets it at least. */
const defaultTimeoutSeconds = 30 * 60
const bookmarkEveryMs = 60_000

/** GET with `watch`: what there is (unless a resourceVersion says what is known), then every change until the timeout. */
export function watchObjects(
  cluster: Cluster,
  request: ApiRequest,
  target: Target,
  resource: Resource,
  closed: AbortSignal,
): Reply {
  const { store } = cluster
  const key = storageKey(resource)
  const form = negotiate(request.headers.accept)
  const test = readSelection(request, target, resource)
  const known = request.query.get('resourceVersion') ?? ''
  if (!/^\d*$/.test(known)) throw badRequest(`invalid resource version "${known}"`)
  const bookmarks = isTrue(request.query.get('allowWatchBookmarks'))
  const initial = request.query.get('sendInitialEvents')
  const queue = createQueue()
  let columnsSent = false

  if (known !== '' && known !== '0' && Number(known) < store.oldestRevision()) {
    queue.push(expired(Number(known), store.oldestRevision()))
    queue.end()
  } else start()
  return { status: 200, contentType: 'application/json', body: queue.lines }

  function start(): void {
    const wantsState = initial === null ? known === '' || known === '0' : isTrue(initial)
    if (wantsState) for (const item of store.list(key)) if (test(item)) push('ADDED', item)
    if (isTrue(initial) && bookmarks) queue.push(bookmark(resource, store.revision(), true))
    if (!wantsState) for (const change of store.changesSince(key, Number(known))) onChange(change)
    const stop = [
      store.subscribe(key, onChange),
      store.onReplaced(() => queue.end()),
      every(bookmarkEveryMs, () => bookmarks && queue.push(bookmark(resource, store.revision(), false))),
      every(timeoutMs(request), () => queue.end()),
    ]
    closed.addEventListener('abort', () => queue.end(), { once: true })
    queue.onEnd(() => stop.forEach((end) => end()))
  }

  function onChange(change: Change): void {
    const was = change.previous !== undefined && test(change.previous)
    const is = change.type !== 'DELETED' && test(change.object)
    if (is) push(was ? 'MODIFIED' : 'ADDED', change.object)
    else if (was) push('DELETED', change.object)
  }

  function push(type: string, item: KubernetesObject): void {
    const shown = present(cluster, request, form, resource, item)
    queue.push({ type, object: form === 'table' ? withoutRepeatedColumns(shown as JsonObject) : shown })
  }

  /** Only the first table of a watch names its columns. */
  function withoutRepeatedColumns(table: JsonObject): JsonObject {
    const first = !columnsSent
    columnsSent = true
    return first ? table : { ...table, columnDefinitions: null }
  }
}

function timeoutMs(request: ApiRequest): number {
  const seconds = Number(request.query.get('timeoutSeconds') ?? '')
  return 1000 * (seconds > 0 ? Math.min(seconds, 2_000_000) : defaultTimeoutSeconds)
}

function every(milliseconds: number, act: () => void): () => void {
  const timer = setInterval(act, milliseconds)
  timer.unref()
  return () => clearInterval(timer)
}

function bookmark(resource: Resource, revision: number, initialEventsEnd: boolean): Json {
  const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
  // The server sends an empty object of the kind; of a pod Go writes these fields even when empty.
  const empty = resource.kind === 'Pod' ? { spec: { containers: null }, status: {} } : {}
  const metadata = { resourceVersion: String(revision), ...annotations }
  const apiVersion = groupVersionOf(resource)
  return { type: 'BOOKMARK', object: { kind: resource.kind, apiVersion, metadata, ...empty } }
}

function expired(known: number, oldest: number): Json {
  const error = new StatusError(410, 'Expired', `too old resource version: ${known} (${oldest})`)
  return { type: 'ERROR', object: error.body }
}

function nothing(): void {}

interface Queue {
  push(event: Json): void
  end(): void
  onEnd(act: () => void): void
  lines: AsyncIterable<string>
}

/** Events between the store, which pushes, and the response, which pulls. */
function createQueue(): Queue {
  const waiting: string[] = []
  let ended = false
  let wake = nothing
  let atEnd = nothing

  async function* lines(): AsyncIterable<string> {
    try {
      for (;;) {
        yield* waiting.splice(0)
        if (waiting.length > 0) continue
        if (ended) return
        await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      atEnd()
    }
  }

  return {
    push(event) {
      if (!ended) waiting.push(`${JSON.stringify(event)}\n`)
      wake()
    },
    end() {
      ended = true
      wake()
    },
    onEnd: (act) => {
      atEnd = act
    },
    lines: lines(),
  }
}
