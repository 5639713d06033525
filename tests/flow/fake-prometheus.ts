import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What one container of one pod used. */
export interface Seen {
  namespace: string
  pod: string
  container: string
  cpu: number
  memory: number
  points: number
  oomKilledAt?: number
}

export interface FakePrometheus {
  url: string
  /** Every query, in order, and the credentials it came with. */
  queries: { promql: string; authorization: string | undefined }[]
  /** What its series say. */
  seen: Seen[]
  /** Samples of other queries: each answers the queries that hold its words. */
  samples: { words: string; labels: Record<string, string>; value: number }[]
  /** Set to answer something else. */
  instead: ((response: ServerResponse) => void) | undefined
  close: () => Promise<void>
}

/** Which figure a query asks for, by what only that query holds. */
const figures = [
  ['quantile_over_time(0.95,', 'cpu'],
  ['count_over_time(', 'points'],
  ['kube_pod_container_status_last_terminated_reason', 'oomKilledAt'],
  ['max_over_time(', 'memory'],
] as const

/** A Prometheus on loopback that understands the queries of recommend_resources and of check_cluster_health, and those whose samples it is given. */
export async function startFakePrometheus(): Promise<FakePrometheus> {
  const server = createServer((request, response) => answer(fake, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const fake: FakePrometheus = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    queries: [],
    seen: [],
    samples: [],
    instead: undefined,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return fake
}

function answer(fake: FakePrometheus, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', fake.url)
  const promql = url.searchParams.get('query') ?? ''
  fake.queries.push({ promql, authorization: request.headers.authorization })
  if (fake.instead !== undefined) return fake.instead(response)
  const given = fake.samples.filter(({ words }) => promql.includes(words))
  const time = Number(url.searchParams.get('time'))
  // What is well is in no answer.
  if (given.length > 0 || /kubelet_|apiserver_request_total|etcd_/.test(promql)) {
    const result = given.map(({ labels, value }) => ({ metric: labels, value: [time, String(value)] }))
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }))
    return
  }
  const figure = figures.find(([words]) => promql.includes(words))?.[1]
  if (url.pathname !== '/api/v1/query' || figure === undefined) {
    response.writeHead(400).end('{"status":"error","error":"no such query"}')
    return
  }
  const namespace = /namespace="([^"]+)"/.exec(promql)?.[1]
  const result = fake.seen
    .filter((each) => (namespace === undefined || each.namespace === namespace) && each[figure] !== undefined)
    .map((each) => ({
      metric: { namespace: each.namespace, pod: each.pod, container: each.container },
      value: [time, String(each[figure])],
    }))
  response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }))
}
