import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'

const services = join(mkdtempSync(join(tmpdir(), 'kubevigil-github-')), 'services.yaml')
writeFileSync(
  services,
  'services:\n  - name: shop\n    priority: P0\n    selectors: [{ namespace: shop }]\n    repository: { name: acme/deploy, path: apps/shop }\n',
)

describe('readConfig', () => {
  test('starts with nothing set, and then nothing may be read', () => {
    expect(readConfig({})).toMatchObject({
      credentials: undefined,
      allowWrites: false,
      apiUrl: 'https://api.github.com',
      allowed: { repositories: [], from: 'KUBEVIGIL_SERVICES' },
    })
  })

  test('the services file names what may be read, unless GITHUB_REPOS does', () => {
    expect(readConfig({ KUBEVIGIL_SERVICES: services }).allowed).toEqual({
      repositories: ['acme/deploy'],
      from: 'KUBEVIGIL_SERVICES',
    })
    expect(readConfig({ KUBEVIGIL_SERVICES: services, GITHUB_REPOS: 'acme/a, acme/b,' }).allowed).toEqual({
      repositories: ['acme/a', 'acme/b'],
      from: 'GITHUB_REPOS',
    })
  })

  test.each<[Record<string, string>, RegExp]>([
    [{ GITHUB_REPOS: 'acme/a, acme' }, /GITHUB_REPOS: got .*"acme" is no repository/],
    [{ GITHUB_REPOS: 'acme/*' }, /is no repository/],
    [{ GITHUB_API_URL: 'ftp://x' }, /GITHUB_API_URL/],
    [{ GITHUB_API_URL: 'http://ghe.example.com/api/v3', GITHUB_TOKEN: 'ghp_x' }, /plain http/],
    [{ GITHUB_API_URL: 'http://127.0.0.1.evil.example', GITHUB_TOKEN: 'ghp_x' }, /plain http/],
    [{ KUBEVIGIL_SERVICES: '/nowhere.yaml' }, /KUBEVIGIL_SERVICES does not exist/],
    [{ GITHUB_ALLOW_WRITES: 'yes' }, /GITHUB_ALLOW_WRITES/],
    [{ GITHUB_APP_ID: '77' }, /there is no key of the GitHub App/],
    [{ GITHUB_APP_PRIVATE_KEY: 'pem' }, /no GITHUB_APP_ID/],
    [{ GITHUB_APP_ID: '77', GITHUB_APP_PRIVATE_KEY_FILE: '/nowhere.pem' }, /nowhere\.pem, which cannot be read/],
    [{ GITHUB_APP_ID: '7 7', GITHUB_APP_PRIVATE_KEY: 'pem' }, /GITHUB_APP_ID/],
    [
      { GITHUB_APP_ID: '77', GITHUB_APP_PRIVATE_KEY: 'pem', GITHUB_API_URL: 'http://ghe.example.com' },
      /the App's token would be sent over plain http/,
    ],
  ])('refuses %j', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(message)
  })

  test('a GitHub App goes before a token; its key comes from a variable or a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'kubevigil-github-')), 'app.pem')
    writeFileSync(file, 'line 1\nline 2\n')
    const app = { GITHUB_APP_ID: '77', GITHUB_TOKEN: 'ghp_x', GITHUB_APP_INSTALLATION_ID: '5' }
    const expected = { kind: 'app', appId: '77', privateKey: 'line 1\nline 2\n', installationId: 5 }
    expect(readConfig({ ...app, GITHUB_APP_PRIVATE_KEY_FILE: file }).credentials).toEqual(expected)
    expect(readConfig({ ...app, GITHUB_APP_PRIVATE_KEY: String.raw`line 1\nline 2\n` }).credentials).toEqual(expected)
    expect(readConfig({ GITHUB_TOKEN: 'github_pat_x', GITHUB_ALLOW_WRITES: 'true' })).toMatchObject({
      credentials: { kind: 'token', token: 'github_pat_x' },
      allowWrites: true,
    })
  })

  test.each(['http://127.0.0.1:8080', 'http://localhost:1/', 'http://[::1]:8080', 'https://ghe.example.com/api/v3/'])(
    'takes %s with a token',
    (GITHUB_API_URL) => {
      expect(readConfig({ GITHUB_API_URL, GITHUB_TOKEN: 'ghp_x' }).apiUrl).not.toMatch(/\/$/)
    },
  )
})
