import { afterEach, describe, expect, it } from 'vitest'
import { fakeCall, startFakeApi, type FakeApi, type FakeRoutes } from '../kube/fake-api.ts'
import { readServerVersion } from './server-version.ts'

let api: FakeApi | undefined
afterEach(async () => {
  await api?.close()
  api = undefined
})

async function versionOf(routes: FakeRoutes): Promise<string | undefined> {
  api = await startFakeApi(routes)
  return readServerVersion(await api.context.client(undefined), fakeCall().signal)
}

describe('readServerVersion', () => {
  it('gives what the server calls itself', async () => {
    expect(await versionOf({ '/version': { body: { major: '1', minor: '36', gitVersion: 'v1.36.3+k3s1' } } })).toBe(
      'v1.36.3+k3s1',
    )
  })

  it('gives nothing when the server does not tell', async () => {
    expect(await versionOf({})).toBeUndefined()
  })
})
