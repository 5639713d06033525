import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { afterEach, describe, expect, it } from 'vitest'
import { createTransport } from './http.ts'

const signal = new AbortController().signal
let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function listen(handler: RequestListener): Promise<string> {
  server = createServer(handler)
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The two methods of the library's configuration that the transport uses. */
function configOf(address: string, credentials: () => Promise<void> = async () => {}): KubeConfig {
  return {
    getCurrentCluster: () => ({ name: 'home', server: address }),
    applyToHTTPSOptions: credentials,
  } as unknown as KubeConfig
}

describe('createTransport', () => {
  it('tries a read again after a failure that passes', async () => {
    let calls = 0
    const address = await listen((_, response) => {
      calls += 1
      response.writeHead(calls < 3 ? 503 : 200).end('fine')
    })
    const transport = createTransport(configOf(address), 'home')
    await expect(transport.request('/x', { signal })).resolves.toBe('fine')
    expect(calls).toBe(3)
    expect(transport.bytesRead()).toBeGreaterThan(0)
  })

  it('tries again after as long as the server asks for', async () => {
    const asked: number[] = []
    const address = await listen((_, response) => {
      asked.push(performance.now())
      if (asked.length === 1) response.writeHead(429, { 'retry-after': '1' }).end()
      else response.end('fine')
    })
    await expect(createTransport(configOf(address), 'home').request('/x', { signal })).resolves.toBe('fine')
    expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual(990)
  })

  it('reads again what was cut off, and says so when it is cut each time', async () => {
    let [calls, cuts] = [0, 1]
    const address = await listen((_, response) => {
      calls += 1
      if (calls > cuts) return response.end('whole')
      response.writeHead(200, { 'content-length': 100 }).write('half')
      return setTimeout(() => response.destroy(), 10)
    })
    const transport = createTransport(configOf(address), 'home')
    await expect(transport.request('/x', { signal })).resolves.toBe('whole')
    ;[calls, cuts] = [0, 9]
    await expect(transport.request('/x', { signal })).rejects.toThrow('the connection was cut')
    expect(calls).toBe(3)
  })

  it('lets nobody who stood in line wait anew for an API that answers nobody', async () => {
    let calls = 0
    const address = await listen(() => (calls += 1))
    const transport = createTransport(configOf(address), 'home')
    const requests = Array.from({ length: 20 }, () => transport.request('/x', { signal, timeoutMs: 100 }))
    const answers = await Promise.allSettled(requests)
    expect(answers.every(({ status }) => status === 'rejected')).toBe(true)
    expect(calls).toBe(8)
  })

  it('keeps those in line when the API answers others meanwhile', async () => {
    const address = await listen(({ url }, response) => url === '/hangs' || response.end('ok'))
    const transport = createTransport(configOf(address), 'home')
    const hanging = transport.request('/hangs', { signal, timeoutMs: 100 }).catch(() => 'timed out')
    const others = Array.from({ length: 20 }, () => transport.request('/x', { signal }))
    await expect(Promise.all([hanging, ...others])).resolves.toEqual(['timed out', ...others.map(() => 'ok')])
  })

  it('gives text whole though a character comes in two pieces', async () => {
    const bytes = Buffer.from('grün')
    const address = await listen((_, response) => {
      response.write(bytes.subarray(0, 3))
      setTimeout(() => response.end(bytes.subarray(3)), 20)
    })
    const transport = createTransport(configOf(address), 'home')
    await expect(transport.request('/x', { signal })).resolves.toBe('grün')
    expect(transport.bytesRead()).toBe(bytes.length)
  })

  it('never repeats a write', async () => {
    let calls = 0
    const address = await listen((_, response) => {
      calls += 1
      response.writeHead(503).end()
    })
    const transport = createTransport(configOf(address), 'home')
    await expect(transport.request('/x', { method: 'POST', body: {}, signal })).rejects.toMatchObject({
      failure: 'server',
    })
    expect(calls).toBe(1)
  })

  it('gives up on an API that hangs, with its name and the time', async () => {
    const address = await listen(() => {})
    const request = createTransport(configOf(address), 'home').request('/version', { signal, timeoutMs: 100 })
    await expect(request).rejects.toThrow(`The API server ${address} did not answer /version within 0.1 s.`)
  })

  it('gives up at once when the caller does, and says nothing of the API', async () => {
    const address = await listen(() => {})
    const caller = new AbortController()
    const request = createTransport(configOf(address), 'home').request('/version', { signal: caller.signal })
    caller.abort(new Error('cancelled'))
    await expect(request).rejects.toThrow('cancelled')
  })

  it('tells that nobody listens', async () => {
    const request = createTransport(configOf('http://127.0.0.1:1'), 'home').request('/version', { signal })
    await expect(request).rejects.toMatchObject({
      failure: 'unreachable',
      message: expect.stringContaining('the connection is refused'),
    })
  })

  it('words credentials that cannot be had, and does not wait for a plugin that hangs', async () => {
    const failing = configOf('http://127.0.0.1:1', () => Promise.reject(new Error('spawn aws ENOENT')))
    await expect(createTransport(failing, 'home').request('/x', { signal })).rejects.toThrow(
      /credentials of context "home" cannot be had: spawn aws ENOENT/,
    )
    const hanging = configOf('http://127.0.0.1:1', () => new Promise(() => {}))
    await expect(createTransport(hanging, 'home').request('/x', { signal, timeoutMs: 50 })).rejects.toThrow(
      /no answer within 0.05 s/,
    )
  })

  it('stops reading at maxBytes', async () => {
    const address = await listen((_, response) => {
      response.writeHead(200)
      const chunk = 'x'.repeat(10_000)
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    })
    const body = await createTransport(configOf(address), 'home').request('/log', { signal, maxBytes: 50_000 })
    expect(body.length).toBeGreaterThanOrEqual(50_000)
    expect(body.length).toBeLessThan(1_000_000)
  })

  it('keeps eight calls in flight, no more, and serves all', async () => {
    let [now, most] = [0, 0]
    const address = await listen((_, response) => {
      now += 1
      most = Math.max(most, now)
      setTimeout(() => {
        now -= 1
        response.end('ok')
      }, 20)
    })
    const transport = createTransport(configOf(address), 'home')
    const answers = await Promise.all(Array.from({ length: 30 }, () => transport.request('/x', { signal })))
    expect(answers).toHaveLength(30)
    expect(most).toBe(8)
  })
})
