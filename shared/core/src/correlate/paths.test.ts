import { describe, expect, test } from 'vitest'
import { applicationRoot, isDocumentation, ownership, tidyPath, type Ownership } from './paths.ts'

describe('ownership', () => {
  test.each<[string, string, Ownership]>([
    ['base-apps/chores-tracker', 'base-apps/chores-tracker/deployments.yaml', 'owned'],
    ['./base-apps/chores-tracker/', 'base-apps/chores-tracker/a/b.yaml', 'owned'],
    ['base-apps/chores-tracker', 'base-apps/chores-tracker.yaml', 'shared'],
    ['base-apps/chores-tracker', 'argocd/chores-tracker.yaml', 'shared'],
    ['base-apps/chores-tracker', 'charts/chores-tracker/values.yaml', 'shared'],
    ['base-apps/chores-tracker', 'base-apps/kustomization.yaml', 'shared'],
    ['base-apps/chores-tracker', 'base-apps/common/limits.yaml', 'shared'],
    ['base-apps/chores-tracker', 'appsets/managed-apps.yaml', 'shared'],
    ['base-apps/chores-tracker', 'base-apps/chores/deployments.yaml', 'foreign'],
    ['base-apps/chores-tracker', 'base-apps/chores-tracker-ui/deployments.yaml', 'foreign'],
    ['base-apps/chores-tracker', 'base-apps/other/common/x.yaml', 'foreign'],
    ['base-apps/chores-tracker', 'base-apps/other/kustomization.yaml', 'foreign'],
    ['base-apps/chores-tracker', 'README.md', 'foreign'],
    ['apps/shop/overlays/prod', 'apps/shop/base/deployment.yaml', 'owned'],
    ['apps/shop/overlays/prod', 'apps/shop/overlays/prod/patch.yaml', 'owned'],
    ['apps/shop/overlays/prod', 'apps/shop/overlays/staging/patch.yaml', 'foreign'],
    ['apps/shop/overlays/prod', 'apps/pay/base/deployment.yaml', 'foreign'],
    ['.', 'anything.yaml', 'owned'],
    ['', 'anything.yaml', 'foreign'],
    ['', 'deploy/chores-tracker/values.yaml', 'shared'],
  ])('of %j: %s is %s', (path, file, expected) => {
    expect(ownership(file, { path, names: ['chores-tracker'] })).toBe(expected)
  })

  test('a short folder does not own a longer one with the same beginning', () => {
    expect(ownership('base-apps/chores-tracker/x.yaml', { path: 'base-apps/chores', names: ['chores'] })).toBe(
      'foreign',
    )
  })
})

test.each([
  ['./a//b/', 'a/b'],
  ['/a', 'a'],
  ['.', '.'],
  ['./', '.'],
  ['', ''],
])('tidyPath(%j) is %j', (path, expected) => {
  expect(tidyPath(path)).toBe(expected)
})

test.each([
  ['apps/shop/overlays/prod', 'apps/shop'],
  ['apps/shop', 'apps/shop'],
  ['environments/prod', 'environments/prod'],
  ['clusters/prod/shop', 'clusters/prod/shop'],
])('applicationRoot(%j) is %j', (path, expected) => {
  expect(applicationRoot(path)).toBe(expected)
})

test.each<[boolean, string[]]>([
  [true, ['README.md', 'docs/a.png', 'LICENSE', 'base-apps/x/README']],
  [false, ['README.md', 'base-apps/x/deployment.yaml']],
  [false, ['base-apps/docs/deployment.yaml']],
  [false, ['requirements.txt']],
  [false, []],
])('isDocumentation is %s for %j', (expected, files) => {
  expect(isDocumentation(files)).toBe(expected)
})
