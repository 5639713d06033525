import { describe, expect, test } from 'vitest'
import { jsonPatch, mergePatch } from './patch.ts'
import { strategicPatch } from './strategic-patch.ts'

describe('mergePatch', () => {
  test('merges objects, removes nulls, replaces lists', () => {
    const original = { a: { b: 1, c: 2 }, list: [1, 2], gone: true }
    expect(mergePatch(original, { a: { b: 3 }, list: [9], gone: null })).toEqual({ a: { b: 3, c: 2 }, list: [9] })
    expect(original).toEqual({ a: { b: 1, c: 2 }, list: [1, 2], gone: true })
  })
})

describe('jsonPatch', () => {
  const original = { spec: { replicas: 3, args: ['a', 'b'] }, metadata: { labels: { 'x/y~z': '1' } } }

  test('applies every operation', () => {
    const patched = jsonPatch(original, [
      { op: 'test', path: '/spec/replicas', value: 3 },
      { op: 'replace', path: '/spec/replicas', value: 4 },
      { op: 'add', path: '/spec/args/1', value: 'between' },
      { op: 'add', path: '/spec/args/-', value: 'last' },
      { op: 'remove', path: '/spec/args/0' },
      { op: 'replace', path: '/metadata/labels/x~1y~0z', value: '2' },
      { op: 'copy', from: '/spec/replicas', path: '/spec/copied' },
      { op: 'move', from: '/spec/copied', path: '/moved' },
    ])
    expect(patched).toEqual({
      spec: { replicas: 4, args: ['between', 'b', 'last'] },
      metadata: { labels: { 'x/y~z': '2' } },
      moved: 4,
    })
    expect(original.spec.replicas).toBe(3)
  })

  test.each([
    [{ op: 'test', path: '/spec/replicas', value: 4 }],
    [{ op: 'replace', path: '/spec/nope', value: 1 }],
    [{ op: 'remove', path: '/spec/args/7' }],
    [{ op: 'add', path: '/nope/deeper', value: 1 }],
    [{ op: 'add', path: 'spec', value: 1 }],
    [{ op: 'frob', path: '/spec' }],
    [{ op: 'copy', from: '/spec/toString', path: '/x' }],
  ])('refuses %j', (operation) => {
    expect(() => jsonPatch(original, [operation])).toThrow('the server rejected our request')
  })
})

describe('strategicPatch', () => {
  const pod = {
    spec: {
      containers: [
        { name: 'app', image: 'a:1', env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80, name: 'http' }] },
        { name: 'side', image: 's:1' },
      ],
      tolerations: [{ key: 'old' }],
    },
    metadata: { finalizers: ['one'] },
  }

  test('merges named lists by their key and replaces the others', () => {
    const patched = strategicPatch(pod, {
      spec: {
        containers: [
          { name: 'app', image: 'a:2', env: [{ name: 'B', value: '2' }], ports: [{ containerPort: 80, name: 'web' }] },
        ],
        tolerations: [{ key: 'new' }],
      },
      metadata: { finalizers: ['two'] },
    })
    expect(patched).toEqual({
      spec: {
        containers: [
          {
            name: 'app',
            image: 'a:2',
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
            ports: [{ containerPort: 80, name: 'web' }],
          },
          { name: 'side', image: 's:1' },
        ],
        tolerations: [{ key: 'new' }],
      },
      metadata: { finalizers: ['one', 'two'] },
    })
  })

  test('follows its directives', () => {
    const patched = strategicPatch(pod, {
      spec: {
        '$setElementOrder/containers': [{ name: 'extra' }, { name: 'app' }],
        containers: [
          { name: 'side', $patch: 'delete' },
          { name: 'extra', image: 'e:1' },
        ],
        tolerations: null,
      },
      metadata: { '$deleteFromPrimitiveList/finalizers': ['one'], labels: { $patch: 'replace', only: 'this' } },
    })
    const names = (patched['spec'] as { containers: { name: string }[] }).containers.map(({ name }) => name)
    expect(names).toEqual(['extra', 'app'])
    expect(patched['metadata']).toEqual({ finalizers: [], labels: { only: 'this' } })
    expect(patched['spec']).not.toHaveProperty('tolerations')
  })
})
