import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectServer, type ConnectedServer } from '../../shared/mcp-kit/src/client.ts'
import { startKubernetesSimulator, type KubernetesSimulator } from '../../shared/simulator/src/kubernetes.ts'
import { loadDump, type Dump } from '../../shared/simulator/src/kubernetes/dump.ts'

const main = fileURLToPath(new URL('../../servers/kubernetes/src/main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'kubevigil-flow-'))

/** What must never come out of the server, in whatever field it was put. */
const canaries = {
  log: `ghp_${'Ca1n'.repeat(9)}`,
  url: 'canary-in-a-url',
  configMap: 'canary-in-a-config-map',
  environment: 'canary-in-the-environment',
  secret: 'canary-in-a-secret',
  event: 'canary-in-an-event',
}
const encodedSecret = Buffer.from(canaries.secret).toString('base64')
const planted = [...Object.values(canaries), encodedSecret]

let simulator: KubernetesSimulator
let kubernetes: ConnectedServer
const open: ConnectedServer[] = []
/** All the server wrote to stderr. */
const logged: string[] = []

beforeAll(async () => {
  simulator = await startKubernetesSimulator({ dump: plant(await loadDump('mixed')) })
  kubernetes = await connect(kubeconfig('good', simulator.kubeconfig()))
})

afterEach(() => {
  simulator.faults.length = 0
})

afterAll(async () => {
  await Promise.all([kubernetes, ...open].map((server) => server?.close()))
  await simulator?.close()
})

function kubeconfig(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function onLog(line: string): void {
  logged.push(line)
}

async function connect(path: string | undefined, env: Record<string, string> = {}): Promise<ConnectedServer> {
  const environment = { HOME: folder, ...(path === undefined ? {} : { KUBECONFIG: path }), ...env }
  return connectServer(
    { name: 'kubernetes', command: process.execPath, args: [main], env: environment, onLog },
    '1.0.0',
  )
}

/** A server of its own for one test. */
async function connectTo(text: string, env: Record<string, string> = {}): Promise<ConnectedServer> {
  const server = await connect(kubeconfig(`config-${open.length}`, text), env)
  open.push(server)
  return server
}

/** Puts a canary wherever a cluster may hold a secret. */
function plant(dump: Dump): Dump {
  const metadata = (name: string) => ({ name, namespace: 'shop', uid: name, creationTimestamp: dump.takenAt })
  const items = (path: string) => (dump.lists[path] ??= { kind: 'List', apiVersion: 'v1', items: [] }).items
  // A copy of an applied object, as kubectl leaves it; the simulator serves no Secrets themselves.
  const applied = JSON.stringify({ kind: 'Secret', stringData: { a: canaries.secret }, data: { b: encodedSecret } })
  items('/api/v1/configmaps').push({
    metadata: {
      ...metadata('settings'),
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': applied },
    },
    data: {
      api_token: canaries.configMap,
      'app.yaml': `db: postgres://app:${canaries.url}@db/shop\npassword: ${canaries.configMap}\n`,
    },
  })
  const web = items('/apis/apps/v1/deployments').find((item) => item.metadata.name === 'web')!
  const template = web['spec'] as { template: { spec: { containers: Record<string, unknown>[] } } }
  template.template.spec.containers[0]!['env'] = [{ name: 'PAYMENT_KEY', value: canaries.environment }]
  const event = items('/api/v1/events').find((item) => item['reason'] === 'BackOff')!
  event['message'] = `Back-off, --password=${canaries.event}`
  for (const name of Object.keys(dump.logs ?? {})) {
    dump.logs![name] += `level=error msg="login failed" token=${canaries.log} url=redis://:${canaries.url}@cache:6379\n`
  }
  return dump
}

function textOf(error: unknown): string {
  expect(error).toBeInstanceOf(Error)
  const { message } = error as Error
  // A sentence for a person: no stack, no code of ours, no endless text.
  expect(message).not.toMatch(/\n\s+at |\.ts:\d|unexpectedly|undefined|\[object/)
  expect(message.length).toBeLessThan(900)
  return message
}

async function failure(server: ConnectedServer, tool: string, args: object): Promise<string> {
  return server.call(tool, args).then((answer) => {
    throw new Error(`${tool} answered: ${JSON.stringify(answer).slice(0, 300)}`)
  }, textOf)
}

describe('answers', () => {
  it('lists contexts', async () => {
    const answer = await kubernetes.call('list_contexts', {})
    expect(answer).toMatchObject({ context: 'simulated', contexts: [{ name: 'simulated', current: true }, {}, {}] })
    expect(JSON.stringify(answer)).not.toMatch(/admin|https?:/)
  })

  it('lists any kind by any of its names, with what kubectl shows', async () => {
    const pods = await kubernetes.call<{ columns: string[]; rows: string[][] }>('list_resources', {
      kind: 'po',
      namespace: 'payments',
    })
    expect(pods.columns).toEqual(['Name', 'Ready', 'Status', 'Restarts', 'Age'])
    expect(pods.rows.map((row) => row[2])).toEqual(expect.arrayContaining(['CrashLoopBackOff', 'Running']))
    for (const kind of ['nodes', 'Deployment', 'sc', 'hpa', 'events', 'leases.coordination.k8s.io']) {
      expect(await kubernetes.call('list_resources', { kind })).toMatchObject({
        cluster: 'simulated',
        context: 'simulated',
      })
    }
  })

  it('pages through all events without losing or repeating one', async () => {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: { rows: string[][]; nextCursor: string | null } = await kubernetes.call('list_resources', {
        kind: 'events',
        limit: 200,
        ...(cursor === null ? {} : { cursor }),
      })
      seen.push(...page.rows.map((row) => row.join('|')))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(seen).toHaveLength(347)
  })

  it('gets one object, by its name alone when that is unique', async () => {
    expect(await kubernetes.call('get_resource', { kind: 'deploy', name: 'ledger' })).toMatchObject({
      object: { kind: 'Deployment', metadata: { namespace: 'payments' }, status: { unavailableReplicas: 2 } },
    })
    expect(await failure(kubernetes, 'get_resource', { kind: 'cm', name: 'kube-root-ca.crt' })).toMatch(
      /more than one.*payments/,
    )
  })

  it('lists events folded, newest first', async () => {
    const { events } = await kubernetes.call<{ events: { count: number; last: string; reason: string }[] }>(
      'list_events',
      { namespace: 'sched', since: '1d' },
    )
    expect(events.map(({ last }) => last)).toEqual(
      events
        .map(({ last }) => last)
        .toSorted()
        .toReversed(),
    )
    expect(events.map(({ reason }) => reason)).toContain('FailedScheduling')
  })

  it('reads the logs of a crashing workload as patterns, the cause on top', async () => {
    const { patterns } = await kubernetes.call<{ patterns: { level?: string; text: string; stack?: string[] }[] }>(
      'get_logs',
      {
        namespace: 'payments',
        kind: 'deployment',
        name: 'ledger',
        previous: false,
      },
    )
    expect(patterns[0]).toMatchObject({
      level: 'fatal',
      text: expect.stringMatching(/^panic: /),
      stack: expect.arrayContaining(['main.main()']),
    })
    expect(patterns[1]).toMatchObject({ level: 'error', count: 2 })
  })

  it('shows lines of several pods merged, and says which containers it did not read', async () => {
    const answer = await kubernetes.call<{ lines: { time: string; pod: string }[] }>('get_logs', {
      namespace: 'shop',
      kind: 'deploy',
      name: 'web',
      mode: 'lines',
      tail: 20,
    })
    expect(answer.lines).toHaveLength(20)
    expect(answer.lines.map(({ time }) => time)).toEqual(answer.lines.map(({ time }) => time).toSorted())
    expect(
      await kubernetes.call('get_logs', { namespace: 'shop', kind: 'deploy', name: 'two-containers' }),
    ).toMatchObject({
      sources: [{ container: 'app', otherContainers: ['proxy'] }],
    })
  })

  it('never lets a planted secret out, by any tool, in text or log', async () => {
    const calls: [string, object][] = [
      ['list_resources', { kind: 'configmaps', namespace: 'shop' }],
      ['list_resources', { kind: 'events', limit: 200 }],
      ['get_resource', { kind: 'cm', name: 'settings', namespace: 'shop' }],
      ...['summary', 'spec', 'status', 'all'].map((part): [string, object] => [
        'get_resource',
        { kind: 'deploy', name: 'web', namespace: 'shop', part },
      ]),
      ['list_events', { since: '1d', limit: 100 }],
      ...['patterns', 'lines'].map((mode): [string, object] => [
        'get_logs',
        { namespace: 'shop', kind: 'deploy', name: 'web', mode },
      ]),
      ['get_logs', { namespace: 'payments', kind: 'deploy', name: 'ledger', previous: true, grep: 'login' }],
    ]
    for (const [tool, args] of calls) {
      const answer = JSON.stringify(await kubernetes.call(tool, args))
      for (const canary of planted) expect(answer, `${tool} ${JSON.stringify(args)}`).not.toContain(canary)
    }
    const settings = JSON.stringify(
      await kubernetes.call('get_resource', { kind: 'cm', name: 'settings', namespace: 'shop' }),
    )
    expect(settings).toContain('<redacted')
    for (const canary of planted) expect(logged.join('\n')).not.toContain(canary)
  })

  it('always asks the API for a part only', async () => {
    const lists = simulator.requests.filter(({ path }) => /\/(?:pods|events|configmaps)$/.test(path.split('?')[0]!))
    expect(lists.length).toBeGreaterThan(0)
    for (const { path } of simulator.requests.filter((request) => request.path.includes('/log?'))) {
      const query = new URL(path, 'http://x').searchParams
      expect(Number(query.get('tailLines'))).toBeLessThanOrEqual(5000)
      expect(Number(query.get('limitBytes'))).toBeLessThanOrEqual(2_000_000)
    }
  })
})

describe('bad input', () => {
  it.each([
    ['list_resources', { kind: 'podz' }, /no kind "podz".*Near names: pods/],
    ['list_resources', { kind: '../../secrets' }, /offers no kind/],
    ['list_resources', { kind: 'pods', namespace: 'paymnts' }, /"paymnts" does not exist.*payments/],
    ['list_resources', { kind: 'pods', namespace: '../../../nodes' }, /is no namespace name/],
    ['list_resources', { kind: 'pods', labelSelector: 'app inn (x)' }, /unable to parse requirement/],
    ['list_resources', { kind: 'pods', fieldSelector: 'spec.nope=1' }, /field label not supported: spec\.nope/],
    ['list_resources', { kind: 'pods', limit: 1_000_000 }, /limit: Too big/],
    ['list_resources', { kind: 'pods', limt: 5 }, /Unrecognized key/],
    ['list_resources', { kind: 'pods', context: 'prod' }, /no context "prod".*simulated/],
    ['list_resources', { kind: 'pods', cursor: 'AAAA' }, /cursor is not valid/],
    ['get_resource', { kind: 'pod', name: 'ledger-795946548f-zzzzz', namespace: 'payments' }, /Near names: ledger-/],
    ['get_resource', { kind: 'pod', name: '..', namespace: 'payments' }, /is no name/],
    ['get_resource', { kind: 'deploy', name: 'web; rm -rf /', namespace: 'shop' }, /is no name/],
    ['get_resource', { kind: 'deploy', name: 'ledger', namespace: 'shop' }, /There is one in namespace payments/],
    ['list_events', { since: 'yesterday' }, /is no span/],
    ['list_events', { namespace: 'nowhere' }, /"nowhere" does not exist/],
    ['get_logs', { namespace: 'shop' }, /needs one target/],
    ['get_logs', { namespace: 'shop', pod: 'web-000' }, /There is no Pod "web-000"/],
    [
      'get_logs',
      { namespace: 'shop', kind: 'deploy', name: 'two-containers', container: 'nope' },
      /It has: app, proxy/,
    ],
    ['get_logs', { namespace: 'shop', kind: 'deploy', name: 'search' }, /waits \(ImagePullBackOff/],
    ['get_logs', { namespace: 'data', kind: 'deploy', name: 'init-crash' }, /ask with container=migrate/],
  ])('%s %j', async (tool, args, text) => {
    expect(await failure(kubernetes, tool, args)).toMatch(text)
  })
})

describe('a cluster that does not let us look', () => {
  it('names the right that is missing', async () => {
    const args = { kind: 'nodes', context: 'simulated-viewer' }
    expect(await failure(kubernetes, 'list_resources', args)).toMatch(/Not allowed: nodes is forbidden: User "viewer"/)
    expect(await kubernetes.call('list_resources', { kind: 'pods', context: 'simulated-viewer' })).toMatchObject({
      context: 'simulated-viewer',
    })
    expect(await failure(kubernetes, 'list_events', { context: 'simulated-nobody' })).toMatch(/forbidden/)
    expect(await failure(kubernetes, 'get_logs', { namespace: 'shop', pod: 'x', context: 'simulated-nobody' })).toMatch(
      /forbidden/,
    )
  })

  it('names refused credentials', async () => {
    const server = await connectTo(simulator.kubeconfig({ token: 'expired' }))
    expect(await failure(server, 'list_resources', { kind: 'pods' })).toMatch(
      /does not accept the credentials of context "simulated"/,
    )
  })

  it('names an API server that nobody serves, and takes it back when it is there', async () => {
    const server = await connectTo(simulator.kubeconfig().replace(/127\.0\.0\.1:\d+|localhost:\d+/, '127.0.0.1:1'))
    for (const [tool, args] of [
      ['list_resources', { kind: 'pods' }],
      ['list_events', {}],
      ['get_logs', { namespace: 'shop', pod: 'web' }],
    ] as const) {
      expect(await failure(server, tool, args)).toMatch(/cannot be reached: the connection is refused/)
    }
    // The file alone answers this.
    expect(await server.call('list_contexts', {})).toMatchObject({ context: 'simulated' })
  })

  it('gives up on an API server that hangs, stays answerable meanwhile, and recovers', async () => {
    const server = await connectTo(simulator.kubeconfig())
    simulator.faults.push({ effect: { kind: 'hang' } })
    const hanging = failure(server, 'list_resources', { kind: 'pods' })
    const meanwhile = server.call('list_contexts', {}).then(() => 'answered meanwhile')
    expect(await Promise.race([hanging, meanwhile])).toBe('answered meanwhile')
    expect(await hanging).toMatch(/did not answer .* within \d+ s/)
    simulator.faults.length = 0
    expect(await server.call('list_resources', { kind: 'pods', limit: 1 })).toMatchObject({
      columns: expect.arrayContaining(['Name']),
    })
  })

  it('rides out failures that pass, and words those that stay', async () => {
    simulator.faults.push({ path: '/pods', times: 2, effect: { kind: 'answer', status: 503 } })
    expect(await kubernetes.call('list_resources', { kind: 'pods', limit: 1 })).toMatchObject({ kind: 'pods' })
    simulator.faults.push({ path: '/pods', effect: { kind: 'answer', status: 500, message: 'etcd leader changed' } })
    expect(await failure(kubernetes, 'list_resources', { kind: 'pods', limit: 1 })).toMatch(
      /answered 500 .*etcd leader changed/,
    )
  })

  it('reads the pods that can be read, and notes the others', async () => {
    simulator.faults.push({
      path: /web-[^/]+-bnrgp\/log/,
      effect: { kind: 'answer', status: 500, message: 'no route to host' },
    })
    const { sources } = await kubernetes.call<{ sources: { pod: string; lines: number; note: string }[] }>('get_logs', {
      namespace: 'shop',
      kind: 'deploy',
      name: 'web',
    })
    expect(sources.filter(({ lines }) => lines > 0)).toHaveLength(8)
    expect(sources.find(({ pod }) => pod.endsWith('bnrgp'))).toMatchObject({
      lines: 0,
      note: expect.stringContaining('no route to host'),
    })
  })
})

describe('kubeconfig', () => {
  it('is not needed to start: initialize and tools/list need none, and the first call says what is missing', async () => {
    const server = await connect(undefined)
    open.push(server)
    const tools = await server.listTools()
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['list_contexts', 'list_resources', 'get_resource', 'list_events', 'get_logs']),
    )
    expect(await failure(server, 'list_contexts', {})).toMatch(/There is no kubeconfig: KUBECONFIG is not set/)
  })

  it.each([
    ['missing', () => join(folder, 'nowhere'), /nowhere does not exist/],
    ['malformed', () => kubeconfig('malformed', 'clusters: [}'), /malformed is not valid/],
    ['empty', () => kubeconfig('empty', 'apiVersion: v1\nkind: Config\n'), /has no contexts/],
    ['a folder', () => folder, /is a folder/],
  ])('names a file that is %s', async (_, path, text) => {
    const server = await connect(path())
    open.push(server)
    expect(await failure(server, 'list_resources', { kind: 'pods' })).toMatch(text)
  })

  it.skipIf(process.getuid?.() === 0)('names a file that may not be read', async () => {
    const path = kubeconfig('locked', simulator.kubeconfig())
    chmodSync(path, 0)
    const server = await connect(path)
    open.push(server)
    expect(await failure(server, 'list_resources', { kind: 'pods' })).toMatch(/may not be read/)
  })

  it('names an unknown context of the environment', async () => {
    const server = await connectTo(simulator.kubeconfig(), { K3S_CONTEXT: 'k3s' })
    expect(await failure(server, 'list_resources', { kind: 'pods' })).toMatch(/no context "k3s".*It has: simulated/)
  })
})

describe('the process', () => {
  it('writes nothing but JSON lines to stdout, and ends within a second of stdin', async () => {
    const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [main], {
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        KUBECONFIG: kubeconfig('wire', simulator.kubeconfig()),
        LOG_LEVEL: 'debug',
      },
    })
    const lines: string[] = []
    const answered = Promise.withResolvers<void>()
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      if (line.includes('"id":2')) answered.resolve()
    })
    const send = (message: object): void =>
      void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
    const client = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } }
    send({ id: 1, method: 'initialize', params: client })
    send({ method: 'notifications/initialized' })
    send({ id: 2, method: 'tools/call', params: { name: 'list_resources', arguments: { kind: 'pods' } } })
    await answered.promise
    // Still at work when its client goes.
    simulator.faults.push({ effect: { kind: 'hang' } })
    send({ id: 3, method: 'tools/call', params: { name: 'list_resources', arguments: { kind: 'nodes' } } })
    child.stdin.end()
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(0)
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' })
  })
})
