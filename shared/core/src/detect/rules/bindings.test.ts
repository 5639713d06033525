import { describe, expect, it } from 'vitest'
import { minute } from '../../time.ts'
import { bindings as habit } from '../hygiene/bindings.ts'
import { bindings } from './bindings.ts'
import { ago, brief, object, run, workload, type Objects } from './testing.ts'

const binding = (role: object, account: string, metadata = {}) =>
  object('grant', {
    metadata,
    roleRef: role,
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'shop' }],
  })
const gone = { kind: 'Role', name: 'gone' }
const operator = workload({ spec: { template: { spec: { serviceAccountName: 'operator', containers: [] } } } })
const cluster: Objects = {
  roles: [object('reader')],
  clusterroles: [object('view', { metadata: { namespace: undefined } })],
  serviceaccounts: [object('default'), object('operator')],
  deployments: [operator],
}
const found = (rule: typeof bindings, rolebindings: object[], gaps = {}, more: Objects = {}) =>
  brief(run(rule, { ...cluster, rolebindings, ...more }, gaps))

describe('bindings', () => {
  it('tells a role that does not exist, given to what a workload runs as', () => {
    const warned = ['RBAC_ROLE_MISSING warning RoleBinding/shop/grant']
    expect(found(bindings, [binding(gone, 'operator')])).toEqual(warned)
    expect(found(bindings, [binding({ kind: 'ClusterRole', name: 'gone' }, 'operator')])).toEqual(warned)
    const clusterrolebindings = [binding({ kind: 'ClusterRole', name: 'gone' }, 'operator', { namespace: undefined })]
    expect(found(bindings, [], {}, { clusterrolebindings })).toEqual([
      'RBAC_ROLE_MISSING warning ClusterRoleBinding//grant',
    ])
  })

  it.each<[string, object, object, Objects]>([
    ['of a role that exists', binding({ kind: 'Role', name: 'reader' }, 'operator'), {}, {}],
    ['nothing uses', binding(gone, 'somebody'), {}, {}],
    ['for what everything runs as', binding(gone, 'default'), {}, {}],
    ['made a moment ago', binding(gone, 'operator', { creationTimestamp: ago(minute) }), {}, {}],
    ['of roles nobody could list', binding(gone, 'operator'), { roles: 'forbidden' }, {}],
    ['of roles that are hidden', binding(gone, 'operator'), {}, { roles: [] }],
  ])('leaves one alone %s', (_name, one, gaps, more) => {
    expect(found(bindings, [one], gaps, more)).toEqual([])
  })

  it('is a habit when nothing uses it, of roles and of accounts, but not of what Kubernetes ships', () => {
    const noted = ['HYGIENE_DANGLING_BINDING info Cluster//test']
    expect(found(habit, [binding(gone, 'default')])).toEqual(noted)
    expect(found(habit, [binding({ kind: 'Role', name: 'reader' }, 'nobody')])).toEqual(noted)
    expect(found(habit, [binding({ kind: 'Role', name: 'reader' }, 'default')])).toEqual([])
    expect(found(habit, [binding(gone, 'default', { name: 'system:node' })])).toEqual([])
  })
})
