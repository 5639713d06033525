import { afterEach, beforeEach, expect, test } from 'vitest'
import { startFront, type Front, type Service } from './front.ts'
import { send } from './testing.ts'

let front: Front<Service>
let handled: string[]

beforeEach(async () => {
  handled = []
  front = await startFront({
    open: async () => ({
      handle: async ({ path, body }) => {
        handled.push(path)
        if (path === '/broken') throw new Error('out of order')
        return { status: 200, headers: { 'content-type': 'application/json' }, body: body.length > 0 ? body : '"fine"' }
      },
      close: async () => undefined,
    }),
  })
})

afterEach(() => front.close())

test('hands requests on and logs them in order', async () => {
  const echoed = await send(`${front.url}/echo?x=1`, { body: { a: 1 } })
  expect(echoed).toMatchObject({ status: 200, body: { a: 1 } })
  expect(front.requests).toEqual([{ method: 'POST', path: '/echo?x=1', status: 200 }])
})

test('says what broke', async () => {
  const { status, body } = await send(`${front.url}/broken`)
  expect({ status, body }).toEqual({ status: 500, body: { message: 'stand-in failed: out of order' } })
})

test('answers a status fault without processing, as often as asked', async () => {
  front.faults.push({
    match: { method: 'GET', path: '/a' },
    times: 2,
    action: { kind: 'status', status: 429, body: { message: 'slow down' }, headers: { 'retry-after': '3' } },
  })
  const first = await send(`${front.url}/a?page=2`)
  expect(first).toMatchObject({ status: 429, body: { message: 'slow down' } })
  expect(first.headers.get('retry-after')).toBe('3')
  expect((await send(`${front.url}/ab`)).status).toBe(200)
  expect((await send(`${front.url}/a`, { body: {} })).status).toBe(200)
  expect((await send(`${front.url}/a`)).status).toBe(429)
  expect((await send(`${front.url}/a`)).status).toBe(200)
  expect(handled).toEqual(['/ab', '/a', '/a'])
})

test('matches an expression against the path with its query', async () => {
  front.faults.push({ match: { path: /page=2/g }, action: { kind: 'status', status: 500 } })
  const statuses = []
  for (const page of [1, 2, 2]) statuses.push((await send(`${front.url}/list?page=${page}`)).status)
  expect(statuses).toEqual([200, 500, 500])
})

test('drops before or after processing', async () => {
  front.faults.push({ match: {}, times: 1, action: { kind: 'drop' } })
  await expect(send(`${front.url}/before`)).rejects.toThrow('fetch failed')
  expect(handled).toEqual([])
  front.faults.push({ match: {}, times: 1, action: { kind: 'drop-after' } })
  await expect(send(`${front.url}/after`)).rejects.toThrow('fetch failed')
  expect(handled).toEqual(['/after'])
  expect(front.requests.map(({ status }) => status)).toEqual([0, 0])
})

test('delays', async () => {
  front.faults.push({ match: {}, action: { kind: 'delay', ms: 60 } })
  const start = performance.now()
  expect((await send(`${front.url}/slow`)).status).toBe(200)
  expect(performance.now() - start).toBeGreaterThanOrEqual(55)
})

test('ends hanging and delayed requests at once when it closes', async () => {
  front.faults.push(
    { match: { path: '/never' }, action: { kind: 'hang' } },
    { match: { path: '/late' }, action: { kind: 'delay', ms: 60_000 } },
  )
  const pending = Promise.allSettled([send(`${front.url}/never`), send(`${front.url}/late`)])
  await expect.poll(() => front.requests.length).toBe(2)
  await front.close()
  expect((await pending).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(handled).toEqual([])
})

test('fails to start when the service behind fails', async () => {
  const failing = startFront({ open: () => Promise.reject(new Error('no service')) })
  await expect(failing).rejects.toThrow('no service')
})
