import { describe, expect, it } from 'vitest'
import { buildContext, defaultDetectOptions } from '../context.ts'
import { parseVersion } from '../versions.ts'
import { brief, node, now, snapshotOf } from './testing.ts'
import { versions } from './versions.ts'

const kubelet = (name: string, kubeletVersion: string) => {
  const plain = node(name)
  return { ...plain, status: { ...plain.status, nodeInfo: { kubeletVersion } } }
}
const found = (kubelets: string[], serverVersion?: string) => {
  const nodes = kubelets.map((version, index) => kubelet(`node-${index}`, version))
  const snapshot = { ...snapshotOf({ nodes }), ...(serverVersion === undefined ? {} : { serverVersion }) }
  return brief(versions.detect(buildContext(snapshot, defaultDetectOptions, now)))
}

describe('versions', () => {
  it('tells kubelets that are newer or more than three minors older than the API server', () => {
    expect(found(['v1.32.0'], 'v1.36.3+k3s1')).toEqual(['NODE_VERSION_UNSUPPORTED critical Node//node-0'])
    expect(found(['v1.31.2'], 'v1.30.9')).toEqual(['NODE_VERSION_UNSUPPORTED critical Node//node-0'])
  })

  it('compares minors as numbers', () => {
    expect(found(['v1.9.0'], 'v1.10.0')).toEqual([])
    expect(found(['v1.10.0'], 'v1.9.0')).toEqual(['NODE_VERSION_UNSUPPORTED critical Node//node-0'])
  })

  it('notes nodes more than one minor apart', () => {
    expect(found(['v1.30.1', 'v1.32.0'])).toEqual(['NODE_VERSIONS_MIXED info Cluster//test'])
  })

  it.each([
    ['one version', ['v1.36.3', 'v1.36.3'], 'v1.36.3'],
    ['an upgrade under way', ['v1.35.0', 'v1.36.0'], 'v1.36.0'],
    ['the oldest that is supported', ['v1.33.0'], 'v1.36.0'],
    ['a server whose version was not read', ['v1.20.0'], undefined],
    ['versions it cannot read', ['edge', ''], 'v1.36.0'],
    ['no nodes', [], 'v1.36.0'],
  ])('leaves %s alone', (_name, kubelets, server) => {
    expect(found(kubelets, server)).toEqual([])
  })

  it.each([
    ['v1.36.3+k3s1', { major: 1, minor: 36 }],
    ['1.30.0-eks-ae9a62a', { major: 1, minor: 30 }],
    ['latest', undefined],
  ])('reads %s', (text, expected) => {
    expect(parseVersion(text)).toEqual(expected)
  })
})
