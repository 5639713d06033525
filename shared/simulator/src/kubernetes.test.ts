import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { connect } from 'node:net'
import { loadDump, type Dump } from './dump.ts'
import { startKubernetesSimulator, type KubernetesSimulator } from './kubernetes.ts'

let dump: Dump
let simulator: KubernetesSimulator

beforeEach(async () => {
  dump ??= await loadDump('mixed')
  simulator = await startKubernetesSimulator({ dump })
})

afterEach(async () => simulator.close())

interface Answer {
  status: number
  // The body of any kind of answer: each test looks at what it expects.
  body: Record<string, never> & {
    message: string
    items: { metadata: { name: string } }[]
    metadata: Record<string, string>
  }
  headers: Headers
}

interface Asking {
  method?: string
  headers?: Record<string, string>
  body?: string
  signal?: AbortSignal
}

async function ask(path: string, rest: Asking = {}): Promise<Answer> {
  const headers = { Authorization: 'Bearer admin', 'Content-Type': 'application/json', ...rest.headers }
  const response = await fetch(simulator.url + path, { ...rest, headers })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: (text.startsWith('{') ? JSON.parse(text) : { message: text }) as Answer['body'],
  }
}

function post(path: string, body: unknown): Promise<Answer> {
  return ask(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })
}

function patch(path: string, body: unknown): Promise<Answer> {
  const headers = { 'Content-Type': 'application/merge-patch+json' }
  return ask(path, { method: 'PATCH', headers, body: JSON.stringify(body) })
}

async function names(path: string): Promise<string[]> {
  return (await ask(path)).body.items.map((item) => item.metadata.name)
}

/** Sends bytes that fetch would not, and returns the first line of the answer. */
async function raw(request: string): Promise<string> {
  const socket = connect(Number(new URL(simulator.url).port), '127.0.0.1')
  socket.write(request)
  let answer = ''
  for await (const chunk of socket) {
    answer += String(chunk)
    if (answer.includes('\r\n')) break
  }
  socket.destroy()
  return answer.split('\r\n')[0] ?? ''
}

describe('malformed requests', () => {
  test('a path that is not percent-encoded well', async () => {
    const { status, body } = await ask('/api/v1/namespaces/%zz/pods')
    expect([status, body.message]).toEqual([400, 'invalid URL escape in "%zz"'])
  })

  test('a path that climbs out', async () => {
    expect(
      await raw('GET /api/v1/../../etc/passwd HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\n\r\n'),
    ).toContain('404')
  })

  test('what is not HTTP at all', async () => {
    expect(await raw('nonsense\r\n\r\n')).toBe('HTTP/1.1 400 Bad Request')
  })

  test('bad JSON, in the words of Go', async () => {
    const pods = '/api/v1/namespaces/shop/pods'
    expect((await post(pods, '{"a":1,}')).body.message).toContain(
      "invalid character '}' looking for beginning of object key string",
    )
    expect((await post(pods, '[1 2]')).body.message).toContain("invalid character '2' after array element")
    expect((await post(pods, '')).body.message).toContain('unexpected end of JSON input (<empty>)')
    expect((await post(pods, '7')).status).toBe(400)
  })

  test('a limit beyond measure', async () => {
    expect((await ask('/api/v1/pods?limit=99999999999999999999')).status).toBe(400)
    expect((await names('/api/v1/pods?limit=9007199254740993')).length).toBeGreaterThan(50)
  })

  test('an unreadable protobuf body, an unknown method, a body that is too long', async () => {
    const headers = { 'Content-Type': 'application/vnd.kubernetes.protobuf' }
    const pods = '/api/v1/namespaces/shop/pods'
    expect((await ask(pods, { method: 'POST', headers, body: 'k8s\0\xff\xff' })).status).toBe(415)
    expect((await ask(`${pods}/exec`, { method: 'PUT', body: '{}' })).status).toBe(404)
    expect((await ask('/api/v1/componentstatuses', { method: 'POST', body: '{}' })).status).toBe(405)
    expect((await post(pods, ' '.repeat(4_000_000))).status).toBe(413)
  })

  test('no acceptable form', async () => {
    const headers = { Accept: 'application/vnd.kubernetes.protobuf' }
    expect((await ask('/api/v1/pods', { headers })).status).toBe(406)
  })
})

describe('reading', () => {
  test('pages join to the whole list', async () => {
    const whole = await names('/api/v1/pods')
    const paged: string[] = []
    for (let token = ''; ;) {
      const { body } = await ask(`/api/v1/pods?limit=7&continue=${token}`)
      paged.push(...body.items.map((item) => item.metadata.name))
      token = body.metadata['continue'] ?? ''
      if (token === '') break
    }
    expect(paged).toEqual(whole)
  })

  test('secrets are granted to nobody; kinds that the dump lacks are empty; unknown groups are not there', async () => {
    expect((await ask('/api/v1/secrets')).status).toBe(403)
    expect(await names('/apis/networking.k8s.io/v1/ingressclasses')).toEqual([])
    expect((await ask('/apis/argoproj.io/v1alpha1/applications')).status).toBe(404)
  })

  test('without metrics in the dump there is no metrics API; with Argo CD in it there is one', async () => {
    simulator.load(await loadDump('node-down'))
    expect((await ask('/apis/metrics.k8s.io/v1beta1/nodes')).status).toBe(404)
    simulator.load(await loadDump('homelab-incident'))
    expect((await names('/apis/argoproj.io/v1alpha1/applications')).length).toBeGreaterThan(0)
    expect((await ask('/apis/argoproj.io/v1alpha1')).body['resources']).toHaveLength(1)
  })

  test('a loaded dump ends watches and expires the pages begun before', async () => {
    const watch = fetch(`${simulator.url}/api/v1/namespaces?watch=1`, { headers: { Authorization: 'Bearer admin' } })
    const ended = watch.then((response) => response.text())
    const token = (await ask('/api/v1/pods?limit=1')).body.metadata['continue'] ?? ''
    simulator.load(await loadDump('homelab-healthy'))
    expect((await ended).trim().split('\n')).toHaveLength(12)
    expect((await ask(`/api/v1/pods?limit=1&continue=${token}`)).status).toBe(410)
  })

  test('logs of a pod whose node is gone cannot be had', async () => {
    const pod = dump.lists['/api/v1/pods']?.items.find((item) =>
      JSON.stringify(item['spec']).includes('"nodeName":"node-009"'),
    )
    const { status, body } = await ask(
      `/api/v1/namespaces/${pod?.metadata.namespace ?? ''}/pods/${pod?.metadata.name ?? ''}/log`,
    )
    expect(status).toBe(500)
    expect(body.message).toContain('connect: no route to host')
  })
})

describe('writing', () => {
  const cart = '/apis/apps/v1/namespaces/shop/deployments/cart'

  test('a watch sees what is patched, scaled and deleted', async () => {
    const since = (await ask('/apis/apps/v1/deployments?limit=1')).body.metadata['resourceVersion'] ?? ''
    await patch(`${cart}?dryRun=All`, { spec: { replicas: 9 } })
    await patch(`${cart}/scale`, { spec: { replicas: 5 } })
    await patch(cart, { metadata: { labels: { a: 'b' } } })
    await ask(cart, { method: 'DELETE' })
    const path = `/apis/apps/v1/namespaces/shop/deployments?watch=1&resourceVersion=${since}&timeoutSeconds=1`
    const response = await fetch(simulator.url + path, { headers: { Authorization: 'Bearer admin' } })
    const lines = (await response.text()).trim().split('\n')
    const events = lines.map((line) => JSON.parse(line) as { type: string; object: { spec: { replicas: number } } })
    expect(events.map(({ type, object }) => [type, object.spec.replicas])).toEqual([
      ['MODIFIED', 5],
      ['MODIFIED', 5],
      ['DELETED', 5],
    ])
    expect((await ask(cart)).status).toBe(404)
    expect((await names('/api/v1/namespaces/shop/pods')).filter((name) => name.startsWith('cart-'))).toEqual([])
  })

  test('create, create again, read, and a namespace that is missing', async () => {
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new' }, data: { a: 'b' } }
    expect((await post('/api/v1/namespaces/shop/configmaps', configMap)).status).toBe(201)
    expect((await post('/api/v1/namespaces/shop/configmaps', configMap)).status).toBe(409)
    expect((await ask('/api/v1/namespaces/shop/configmaps/new')).body['data']).toEqual({ a: 'b' })
    expect((await post('/api/v1/namespaces/nope/configmaps', configMap)).body.message).toBe(
      'namespaces "nope" not found',
    )
  })

  test('a pod with a finalizer, and one on a dead node, are only marked', async () => {
    const finalizer = '/api/v1/namespaces/platform/pods/finalizer'
    expect((await ask(finalizer, { method: 'DELETE' })).status).toBe(200)
    expect((await ask(finalizer)).body.metadata['deletionTimestamp']).toBeDefined()
  })
})

async function evictFirst(label: string): Promise<number> {
  const [name = ''] = await names(`/api/v1/namespaces/shop/pods?labelSelector=app%3D${label}`)
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'shop' } }
  return (await post(`/api/v1/namespaces/shop/pods/${name}/eviction`, eviction)).status
}

describe('eviction', () => {
  test('a budget that allows nothing blocks; without a budget the pod goes', async () => {
    expect(await evictFirst('web')).toBe(429)
    expect(await evictFirst('cart')).toBe(201)
    expect(await names('/api/v1/namespaces/shop/pods?labelSelector=app%3Dcart')).toHaveLength(2)
  })

  test('an allowed disruption is spent once', async () => {
    const budget = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/web'
    await patch(`${budget}/status`, { status: { disruptionsAllowed: 1 } })
    expect(await evictFirst('web')).toBe(201)
    expect(await evictFirst('web')).toBe(429)
  })
})

describe('faults', () => {
  test('answers of every kind, worn off by their times', async () => {
    simulator.faults.push({ path: '/nodes', times: 1, effect: { kind: 'answer', status: 429, retryAfterSeconds: 3 } })
    const refused = await ask('/api/v1/nodes')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3'])
    expect((await ask('/api/v1/nodes')).status).toBe(200)
    simulator.faults.push({ path: /events$/, effect: { kind: 'answer', status: 403 } })
    expect((await ask('/api/v1/events')).body.message).toContain('User "admin" cannot list resource "events"')
  })

  test('a delay', async () => {
    simulator.faults.push({ effect: { kind: 'delay', milliseconds: 120 } })
    const before = performance.now()
    expect((await ask('/version')).status).toBe(200)
    expect(performance.now() - before).toBeGreaterThan(110)
  })

  test('a cut and a hang', async () => {
    simulator.faults.push({ path: '/pods', effect: { kind: 'cut', afterBytes: 100 } })
    await expect(ask('/api/v1/pods')).rejects.toThrow(/terminated|fetch failed/)
    simulator.faults.splice(0, 1, { effect: { kind: 'hang' } })
    await expect(ask('/version', { signal: AbortSignal.timeout(200) })).rejects.toThrow('timeout')
  })

  test('closing does not wait for hanging requests', async () => {
    simulator.faults.push({ effect: { kind: 'hang' } })
    const hanging = ask('/version').catch(() => 'broken off')
    await expect.poll(() => simulator.requests.length).toBe(1)
    await simulator.close()
    expect(await hanging).toBe('broken off')
  })
})

test('the kubeconfig leads over TLS to the same port, with the certificate to trust', async () => {
  const config = simulator.kubeconfig({ clusterName: 'homelab', token: 'viewer' })
  const server = /server: "(.*)"/.exec(config)?.[1] ?? ''
  const authority = /certificate-authority-data: (.*)/.exec(config)?.[1] ?? ''
  const token = /token: "(.*)"/.exec(config)?.[1] ?? ''
  const request = get(`${server}/api/v1/nodes`, {
    ca: Buffer.from(authority, 'base64'),
    headers: { Authorization: `Bearer ${token}` },
    agent: false,
  })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  expect([server, response.statusCode]).toEqual([simulator.url.replace('http', 'https'), 403])
  expect(config).toContain('current-context: "homelab"')
})

test('every request is logged with its status and size', async () => {
  await ask('/livez')
  expect(simulator.requests).toEqual([{ method: 'GET', path: '/livez', status: 200, bytes: 2 }])
})

async function listed(of: KubernetesSimulator, path: string): Promise<string[]> {
  const response = await fetch(of.url + path, { headers: { Authorization: 'Bearer admin' } })
  const { items } = (await response.json()) as { items: { metadata: { name: string } }[] }
  return items.map((item) => item.metadata.name)
}

test('a made-up cluster has as many pods and nodes as asked for, and the same ones again', async () => {
  const options = { generate: { pods: 500, nodes: 20, failing: 0.1, seed: 7 } }
  const [first, second] = [await startKubernetesSimulator(options), await startKubernetesSimulator(options)]
  try {
    const pods = await listed(first, '/api/v1/pods')
    expect(pods).toHaveLength(500)
    expect(await listed(first, '/api/v1/nodes')).toHaveLength(20)
    expect(await listed(second, '/api/v1/pods')).toEqual(pods)
  } finally {
    await Promise.all([first.close(), second.close()])
  }
})
