import { describe, expect, it } from 'vitest'
import { minute } from '../../time.ts'
import { nodes } from './nodes.ts'
import { brief, node, run } from './testing.ts'

const taint = (key: string) => ({ spec: { taints: [{ key, effect: 'NoSchedule' }] } })

describe('nodes', () => {
  it('tells nodes that stopped reporting, are not ready, under pressure, broken or cordoned', () => {
    const found = run(nodes, {
      nodes: [
        node('a', 'Unknown'),
        node('b', 'False'),
        node('c', 'True', { conditions: [{ type: 'DiskPressure', status: 'True' }] }),
        node('d', 'True', { conditions: [{ type: 'ReadonlyFilesystem', status: 'True' }] }),
        node('e', 'True', { spec: { unschedulable: true } }),
        node('f', 'Unknown', { spec: { unschedulable: true } }),
      ],
    })
    expect(brief(found)).toEqual([
      'NODE_NOT_READY critical Node//a',
      'NODE_NOT_READY critical Node//b',
      'NODE_PRESSURE warning Node//c',
      'NODE_CONDITION warning Node//d',
      'NODE_CORDONED info Node//e',
      'NODE_NOT_READY warning Node//f',
    ])
  })

  it('only notes a node that is removed on purpose', () => {
    expect(brief(run(nodes, { nodes: [node('a', 'Unknown', taint('ToBeDeletedByClusterAutoscaler'))] }))).toEqual([
      'NODE_NOT_READY info Node//a',
    ])
  })

  it.each([
    [
      'conditions that are good when False',
      node('a', 'True', {
        conditions: [
          { type: 'KernelDeadlock', status: 'False' },
          { type: 'MemoryPressure', status: 'False' },
        ],
      }),
    ],
    ['conditions it does not know', node('a', 'True', { conditions: [{ type: 'EtcdIsVoter', status: 'True' }] })],
    ['a node that is joining', node('a', 'False', { age: 2 * minute, since: 2 * minute })],
    [
      'pressure nobody can tell of behind a dead kubelet',
      node('a', 'True', { conditions: [{ type: 'DiskPressure', status: 'Unknown' }] }),
    ],
  ])('leaves %s alone', (_name, healthy) => {
    expect(run(nodes, { nodes: [healthy] })).toEqual([])
  })
})
