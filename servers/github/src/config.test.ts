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
      token: undefined,
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
  ])('refuses %j', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(message)
  })

  test.each(['http://127.0.0.1:8080', 'http://localhost:1/', 'http://[::1]:8080', 'https://ghe.example.com/api/v3/'])(
    'takes %s with a token',
    (GITHUB_API_URL) => {
      expect(readConfig({ GITHUB_API_URL, GITHUB_TOKEN: 'ghp_x' }).apiUrl).not.toMatch(/\/$/)
    },
  )
})
