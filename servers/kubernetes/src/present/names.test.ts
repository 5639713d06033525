import { describe, expect, it } from 'vitest'
import { checkName, checkNamespace } from './names.ts'
import { readSpan } from './span.ts'

describe('names', () => {
  it.each(['web', 'web-0', 'system:node', 'v1.apps', 'user@example.com', '10.0.0.1', '2001:db8::1'])(
    'takes %j',
    (name) => {
      expect(checkName(name)).toBe(name)
    },
  )

  it.each([
    '',
    '..',
    '.',
    'a/b',
    '../x',
    'a b',
    '$(id)',
    'a;b',
    'a,metadata.name=b',
    'a=b',
    '-flag',
    'a\nb',
    '`id`',
    'x'.repeat(254),
  ])('refuses %j', (name) => {
    expect(() => checkName(name)).toThrow(/is no name of a Kubernetes object/)
  })

  it('knows namespaces, and an empty one as absent', () => {
    expect(checkNamespace('kube-system')).toBe('kube-system')
    expect(checkNamespace('')).toBeUndefined()
    expect(checkNamespace(undefined)).toBeUndefined()
    for (const bad of ['..', 'a/b', 'Shop', '*', 'a.b', '--all'])
      expect(() => checkNamespace(bad)).toThrow(/is no namespace name/)
  })
})

describe('readSpan', () => {
  it('reads spans and refuses the rest', () => {
    expect(readSpan('1h30m', 'since')).toBe(5_400_000)
    for (const bad of ['', 'yesterday', '0s', '-1h', '99999d', '1h; ls'])
      expect(() => readSpan(bad, 'since')).toThrow(/since: ".*" is no span/)
  })
})
