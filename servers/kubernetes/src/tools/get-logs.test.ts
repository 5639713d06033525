import { afterEach, describe, expect, it } from 'vitest'
import { fakeCall, startFakeApi, statusBody, type FakeApi, type FakeRoutes } from '../kube/fake-api.ts'
import { getLogs } from './get-logs.ts'

let api: FakeApi

afterEach(() => api.close())

async function start(routes: FakeRoutes): Promise<void> {
  api = await startFakeApi(routes)
}

async function logs(args: object) {
  const answer = await getLogs.run(getLogs.input.parse({ namespace: 'shop', ...args }), api.context, fakeCall())
  expect(JSON.stringify(answer).length).toBeLessThan(16_000)
  return getLogs.output.parse(answer)
}

function pod(name: string, status: object = { state: { running: {} }, ready: true }, containers = ['app']) {
  return {
    metadata: { name, namespace: 'shop', creationTimestamp: `2026-11-21T01:00:0${name.at(-1)}Z` },
    spec: { nodeName: 'node-1', containers: containers.map((container) => ({ name: container })) },
    status: { containerStatuses: containers.map((container) => ({ name: container, ...status })) },
  }
}

function podRoutes(...pods: ReturnType<typeof pod>[]): FakeRoutes {
  return {
    '/api/v1/namespaces/shop/pods': { body: { items: pods } },
    ...Object.fromEntries(pods.map((one) => [`/api/v1/namespaces/shop/pods/${one.metadata.name}`, { body: one }])),
  }
}

const logPath = (name: string): string => `/api/v1/namespaces/shop/pods/${name}/log`
const asked = (): URLSearchParams =>
  new URL(
    api.requests.findLast((path) => path.includes('/log?'))!,
    'http://fake',
  ).searchParams

/** A kubelet: the last `tailLines`, and of them what `limitBytes` lets through from the start. */
function kubelet(lines: string[]): FakeRoutes[string] {
  return (query) => {
    const text = lines
      .slice(-Number(query.get('tailLines')))
      .map((line, index) => `2026-11-21T01:00:${String(index % 60).padStart(2, '0')}Z ${line}\n`)
      .join('')
    return {
      body: Buffer.from(text)
        .subarray(0, Number(query.get('limitBytes')))
        .toString(),
    }
  }
}

const workload = {
  metadata: { name: 'web', uid: 'u' },
  spec: {
    selector: {
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['x', 'y'] }],
    },
  },
}

function job(name: string, uid: string) {
  const owner = { kind: 'CronJob', name: 'nightly', uid }
  return { metadata: { name, creationTimestamp: '2026-11-21T01:00:00Z', ownerReferences: [owner] } }
}

describe('get_logs', () => {
  it('folds a log into patterns and always sends limits', async () => {
    await start({
      ...podRoutes(pod('web-1', undefined, ['app', 'proxy'])),
      [logPath('web-1')]: kubelet(['served 1', 'served 2', 'ERROR lost 10.0.0.1']),
    })
    expect(await logs({ pod: 'web-1' })).toMatchObject({
      cluster: 'home-cluster',
      sources: [{ pod: 'web-1', container: 'app', otherContainers: ['proxy'], lines: 3, note: '' }],
      linesRead: 3,
      patterns: [
        { count: 1, level: 'error', text: 'ERROR lost 10.0.0.1' },
        { count: 2, text: 'served 2' },
      ],
      omitted: 0,
      hint: '',
    })
    expect(Object.fromEntries(asked())).toEqual({
      container: 'app',
      timestamps: 'true',
      tailLines: '5000',
      limitBytes: '1000000',
    })
  })

  it('shows the newest lines, and searches further back than it shows', async () => {
    const lines = Array.from({ length: 900 }, (_, index) => `line ${index}${index === 7 ? ' NEEDLE' : ''}`)
    await start({ ...podRoutes(pod('web-1')), [logPath('web-1')]: kubelet(lines) })
    const newest = await logs({ pod: 'web-1', mode: 'lines', tail: 3, since: '15m', previous: false })
    expect(newest.lines!.map(({ text }) => text)).toEqual(['line 897', 'line 898', 'line 899'])
    expect(Object.fromEntries(asked())).toMatchObject({ tailLines: '3', sinceSeconds: '900' })
    const found = await logs({ pod: 'web-1', mode: 'lines', tail: 3, grep: 'needle' })
    expect(found).toMatchObject({ linesRead: 900, linesMatched: 1, lines: [{ text: 'line 7 NEEDLE' }] })
    // The text is no expression.
    expect(await logs({ pod: 'web-1', grep: 'line .*' })).toMatchObject({
      linesMatched: 0,
      hint: 'No line that was read holds the grep text.',
    })
  })

  it('keeps the newest lines of a log whose lines are too long for the limits', async () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index} ${'x'.repeat(1000)}`)
    await start({ ...podRoutes(pod('web-1')), [logPath('web-1')]: kubelet(lines) })
    const answer = await logs({ pod: 'web-1', mode: 'lines', grep: 'line', tail: 5 })
    expect(answer.lines!.at(-1)!.text).toMatch(/^line 4999 /)
    expect(answer.bytesRead).toBeLessThanOrEqual(2_000_000)
    expect(answer.sources[0]!.note).toBe('')
  })

  it('reads the pods of a workload: the ones in trouble first, ten at most, the others named, within shared limits', async () => {
    const pods = Array.from({ length: 12 }, (_, index) => pod(`web-${index}`))
    pods[3] = pod('web-3', {
      ready: false,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1 } },
    })
    const routes = Object.fromEntries(
      pods.map(({ metadata: { name } }) => [logPath(name), kubelet([`hello from ${name}`])]),
    )
    await start({
      ...podRoutes(...pods),
      ...routes,
      '/apis/apps/v1/namespaces/shop/deployments/web': { body: workload },
    })
    const answer = await logs({ kind: 'deploy', name: 'web', mode: 'lines' })
    expect(answer.sources[0]).toMatchObject({ pod: 'web-3', note: expect.stringContaining('Waits (CrashLoopBackOff)') })
    expect(answer.sources).toHaveLength(10)
    expect(answer.podsLeftOut).toMatchObject({
      count: 2,
      names: expect.arrayContaining([expect.stringMatching(/^web-/)]),
    })
    expect(answer.lines).toHaveLength(10)
    expect(answer.lines!.every(({ pod: of, text }) => text === `hello from ${of}`)).toBe(true)
    expect(api.requests.find((path) => path.startsWith('/api/v1/namespaces/shop/pods?'))).toContain(
      `labelSelector=${encodeURIComponent('app=web,tier notin (x,y)').replaceAll('%20', '+').replaceAll('(', '%28').replaceAll(')', '%29')}`,
    )
    expect(Number(asked().get('limitBytes'))).toBe(100_000)
  })

  it('finds the pods of a CronJob through its Jobs', async () => {
    await start({
      ...podRoutes(pod('run-1')),
      [logPath('run-1')]: kubelet(['done']),
      '/apis/batch/v1/namespaces/shop/cronjobs/nightly': {
        body: { metadata: { name: 'nightly', uid: 'u1' }, spec: {} },
      },
      '/apis/batch/v1/namespaces/shop/jobs': { body: { items: [job('a', 'u1'), job('b', 'other'), job('c', 'u1')] } },
    })
    expect((await logs({ kind: 'cronjob', name: 'nightly' })).linesRead).toBe(1)
    expect(api.requests.find((path) => path.includes('job-name'))).toContain('job-name+in+%28a%2Cc%29')
  })

  it('tells in the note of a pod that it could not be read, and ends only when none could', async () => {
    const routes = {
      ...podRoutes(pod('web-1'), pod('web-2')),
      '/apis/apps/v1/namespaces/shop/deployments/web': { body: workload },
      [logPath('web-1')]: kubelet(['hello']),
      [logPath('web-2')]: {
        status: 400,
        body: statusBody('container "app" in pod "web-2" is terminated', 'BadRequest'),
      },
    }
    await start(routes)
    const answer = await logs({ kind: 'deploy', name: 'web' })
    expect(answer.sources.find(({ pod: of }) => of === 'web-2')!.note).toMatch(/is terminated.*previous=true/)
    await expect(logs({ pod: 'web-2' })).rejects.toThrow(/There is no log of pod "web-2": .*is terminated/)
  })

  it('says why a container that waits has no log', async () => {
    await start(
      podRoutes(pod('web-1', { state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } })),
    )
    await expect(logs({ pod: 'web-1' })).rejects.toThrow(/waits \(ImagePullBackOff: no such image\): it has never run/)
    await expect(logs({ pod: 'web-1', previous: true })).rejects.toThrow(/has not restarted/)
    expect(api.requests.some((path) => path.includes('/log'))).toBe(false)
  })

  it('strips control sequences and secrets from everything it shows', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`
    const lines = [
      `\u001B[31mERROR\u001B[0m token=${token}`,
      `Authorization: Bearer ${'abc123'.repeat(6)}`,
      `panic: ${token}`,
      `\tat ${token}`,
    ]
    await start({ ...podRoutes(pod('web-1')), [logPath('web-1')]: kubelet(lines) })
    for (const mode of ['patterns', 'lines']) {
      const answer = JSON.stringify(await logs({ pod: 'web-1', mode }))
      expect(answer).not.toMatch(/ghp_|abc123|\\u001b/i)
      expect(answer).toContain('<redacted:github-token>')
    }
    // What is masked cannot be searched for either.
    expect((await logs({ pod: 'web-1', grep: 'ghp_' })).linesMatched).toBe(0)
  })

  it('holds its bounds on a log of long, all different lines', async () => {
    const lines = Array.from(
      { length: 5000 },
      (_, index) => `${index.toString(36).replace(/\d/g, 'q')} ${'word '.repeat(60)}${index % 7}`,
    )
    await start({ ...podRoutes(pod('web-1')), [logPath('web-1')]: kubelet(lines) })
    for (const mode of ['patterns', 'lines'])
      expect((await logs({ pod: 'web-1', mode, tail: 5000 })).omitted).toBeGreaterThan(0)
  })

  it.each([
    [{}, /needs one target/],
    [{ pod: 'a', kind: 'deploy', name: 'b' }, /needs one target/],
    [{ kind: 'deploy' }, /needs one target/],
    [{ pod: '../x' }, /pod "..\/x" is no name/],
    [{ pod: 'a', since: 'ever' }, /is no span/],
    [{ pod: 'a', namespace: '..' }, /is no namespace name/],
    [{ kind: 'nodes', name: 'node-1' }, /Node has no pods of its own/],
  ])('refuses %j in words', async (args, text) => {
    await start({})
    await expect(logs(args)).rejects.toThrow(text)
  })
})
