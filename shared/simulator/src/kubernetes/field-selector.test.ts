import { describe, expect, test } from 'vitest'
import { parseFieldSelector } from './field-selector.ts'
import type { KubernetesObject } from './json.ts'
import { catalogueFor, type Resource } from './resources.ts'

const catalogue = catalogueFor({})

function resource(group: string, version: string, name: string): Resource {
  const found = catalogue.find(group, version, name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

const pod: KubernetesObject = {
  metadata: { name: 'web-1', namespace: 'shop' },
  spec: { nodeName: 'node-1' },
  status: { phase: 'Running' },
}
const event: KubernetesObject = {
  metadata: { name: 'web-1.1', namespace: 'shop' },
  involvedObject: { kind: 'Pod', name: 'web-1' },
  reason: 'BackOff',
  type: 'Warning',
}

describe('parseFieldSelector', () => {
  test.each([
    ['', true],
    ['metadata.name=web-1', true],
    ['metadata.namespace!=shop', false],
    ['status.phase!=Running', false],
    ['spec.nodeName=node-1,status.phase==Running', true],
    ['spec.nodeName=', false],
    ['spec.hostNetwork=false', true],
  ])('of pods: %s', (selector, matches) => {
    expect(parseFieldSelector(selector, resource('', 'v1', 'pods'))(pod)).toBe(matches)
  })

  test('of events, in both of their groups', () => {
    const core = parseFieldSelector('involvedObject.kind=Pod,reason=BackOff,type=Warning', resource('', 'v1', 'events'))
    expect(core(event)).toBe(true)
    const fresh = parseFieldSelector('regarding.name=web-1', resource('events.k8s.io', 'v1', 'events'))
    expect(fresh(event)).toBe(true)
    expect(() => parseFieldSelector('involvedObject.name=x', resource('events.k8s.io', 'v1', 'events'))).toThrow(
      'field label not supported',
    )
  })

  test('an absent boolean selects as false', () => {
    const nodes = parseFieldSelector('spec.unschedulable=false', resource('', 'v1', 'nodes'))
    expect(nodes({ metadata: { name: 'node-1' }, spec: {} })).toBe(true)
  })

  test('refuses what the kind cannot be selected by', () => {
    expect(() => parseFieldSelector('spec.nope=1', resource('', 'v1', 'pods'))).toThrow(
      'field label not supported: spec.nope',
    )
    expect(() => parseFieldSelector('spec.replicas=1', resource('apps', 'v1', 'deployments'))).toThrow(
      '"spec.replicas" is not a known field selector: only "metadata.name", "metadata.namespace"',
    )
    expect(() => parseFieldSelector('nonsense', resource('', 'v1', 'pods'))).toThrow("can't understand 'nonsense'")
  })
})
