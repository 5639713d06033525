import { expect, it } from 'vitest'
import { brief, node, run, workload } from '../rules/testing.ts'
import { overcommit } from './overcommit.ts'

const sized = (name: string, ready: 'True' | 'Unknown' = 'True') => {
  const one = node(name, ready)
  return { ...one, status: { ...one.status, allocatable: { cpu: '4', memory: '8Gi' } } }
}
const asking = (cpu: string, ready = 2) =>
  workload({ desired: 2, ready, container: { resources: { requests: { cpu } } } })
const found = (web: object, nodes = [sized('node-1'), sized('node-2')]) =>
  brief(run(overcommit, { nodes, deployments: [web] }))

it('notes what would not fit without the biggest node', () => {
  expect(found(asking('3'))).toEqual(['HYGIENE_OVERCOMMITTED info Cluster//test'])
  expect(found(asking('1500m'), [sized('node-1'), sized('node-2'), sized('node-3', 'Unknown')])).toEqual([])
})

it.each([
  ['what fits', asking('2')],
  ['what could not be placed', asking('3', 1)],
])('leaves %s alone', (_name, web) => {
  expect(found(web)).toEqual([])
})

it('leaves a cluster of one node alone', () => {
  expect(found(asking('3'), [sized('node-1')])).toEqual([])
})
