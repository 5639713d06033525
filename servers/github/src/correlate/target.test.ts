import type { Management } from '@kubevigil/core/change'
import { ServiceCatalog } from '@kubevigil/core/policy'
import { describe, expect, test } from 'vitest'
import { ownerAndName, resolveTarget } from './target.ts'

const workload = { kind: 'Deployment', namespace: 'shop', name: 'web' }
const unknown: Management = { tool: 'none', application: '', repository: '', path: '', branch: '', selfHeal: false }
const live: Management = {
  ...unknown,
  tool: 'argocd',
  application: 'argocd/shop',
  repository: 'acme/deploy',
  path: 'apps/shop/',
  branch: 'main',
}
const catalog = ServiceCatalog.parse({
  services: [
    {
      name: 'shop',
      priority: 'P0',
      selectors: [{ namespace: 'shop' }],
      repository: { name: 'acme/listed', path: 'listed/shop', branch: 'prod' },
    },
  ],
})
const empty = ServiceCatalog.parse({})
const host = 'api.github.com'

describe('resolveTarget', () => {
  test('live objects come first, then the services file, then the arguments', () => {
    const asked = { workload, repository: 'acme/asked', path: 'asked' }
    expect(resolveTarget({ ...asked, management: live }, catalog, host)).toMatchObject({
      repository: 'acme/deploy',
      path: 'apps/shop',
      branch: 'main',
    })
    expect(resolveTarget({ ...asked, management: unknown }, catalog, host)).toMatchObject({
      repository: 'acme/listed',
      path: 'listed/shop',
      branch: 'prod',
    })
    expect(resolveTarget({ ...asked, management: unknown }, empty, host)).toMatchObject({
      repository: 'acme/asked',
      path: 'asked',
      branch: '',
    })
  })

  test('a path never comes from a source that speaks of another repository', () => {
    const management = { ...live, path: '' }
    expect(resolveTarget({ workload, management, repository: 'acme/asked', path: 'asked' }, catalog, host).path).toBe(
      '',
    )
    expect(resolveTarget({ workload, management, path: 'asked' }, catalog, host).path).toBe('asked')
  })

  test("another host's repository is not read as one of ours", () => {
    const management = { ...live, repository: 'https://gitlab.com/acme/deploy.git' }
    expect(resolveTarget({ workload, management }, empty, host)).toEqual({
      repository: '',
      path: '',
      branch: '',
      elsewhere: 'https://gitlab.com/acme/deploy.git',
    })
    expect(resolveTarget({ workload, management }, catalog, host)).toMatchObject({
      repository: 'acme/listed',
      path: 'listed/shop',
    })
  })

  test.each(['HEAD', '', 'v1.*', '--upload-pack=x', 'a..b'])('%j is no branch to ask for', (branch) => {
    expect(resolveTarget({ workload, management: { ...live, branch } }, empty, host).branch).toBe('')
  })
})

test.each([
  ['acme/deploy', 'acme/deploy'],
  ['https://github.com/acme/deploy', 'acme/deploy'],
  ['https://github.com/acme/deploy.git/', 'acme/deploy'],
  ['https://user@GitHub.com/acme/deploy', 'acme/deploy'],
  ['git@github.com:acme/deploy.git', 'acme/deploy'],
  ['ssh://git@github.com:22/acme/deploy.git', 'acme/deploy'],
  ['https://gitlab.com/acme/deploy', undefined],
  ['https://github.com.evil.example/acme/deploy', undefined],
  ['https://evil.example/github.com/acme/deploy', undefined],
  ['https://charts.bitnami.com/bitnami', undefined],
  ['oci://ghcr.io/acme/charts', undefined],
  ['', undefined],
])('ownerAndName(%j) is %j', (repository, expected) => {
  expect(ownerAndName(repository, host)).toBe(expected)
})
