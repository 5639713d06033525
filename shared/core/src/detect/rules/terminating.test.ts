import { describe, expect, it } from 'vitest'
import { minute } from '../../time.ts'
import { terminating } from './terminating.ts'
import { ago, brief, node, pod, run, workload } from './testing.ts'

const deleting = (since: number, finalizers: string[] = []) =>
  pod({ metadata: { deletionTimestamp: ago(since), finalizers, name: 'web-5d8c7b9f6d-abcde' } })

describe('terminating', () => {
  it('tells what holds a pod back', () => {
    const found = run(terminating, {
      pods: [deleting(20 * minute, ['example.com/hold'])],
      nodes: [node()],
      deployments: [workload()],
    })
    expect(brief(found)).toEqual(['POD_TERMINATING_STUCK warning Deployment/shop/web'])
    expect(found[0]!.title).toContain('example.com/hold')
  })

  it('gives pods of a dead node to the node', () => {
    const found = run(terminating, {
      pods: [deleting(minute)],
      nodes: [node('node-1', 'Unknown')],
      deployments: [workload()],
    })
    expect(brief(found)).toEqual(['POD_NODE_LOST info Deployment/shop/web'])
    expect(found[0]!.links.nodes).toEqual(['node-1'])
  })

  it('lets pods go in their time', () => {
    expect(run(terminating, { pods: [deleting(2 * minute), pod()], nodes: [node()] })).toEqual([])
  })
})
