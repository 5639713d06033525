import { refKey, type Finding, type ObjectRef } from '../../incident.ts'
import type { KubernetesObject } from '../../kubernetes.ts'
import { minute } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { isDangling } from '../dangling.ts'
import { finding } from '../finding.ts'
import { refOf, templateOf } from '../objects.ts'
import { createdAt } from '../pods.ts'
import { nameOf } from '../text.ts'

/** Charts apply bindings before roles. */
const grace = 5 * minute

interface Subject {
  kind?: string
  name?: string
  namespace?: string
}

/**
 * Bindings to a role that does not exist, where a workload runs as a service account they name: it lacks what somebody meant to
 * give it. Dangling bindings nobody uses are a habit, told among those.
 */
export const bindings: Rule = {
  codes: ['RBAC_ROLE_MISSING'],
  detect: (context) => danglingBindings(context).flatMap((binding) => findingsOf(context, binding)),
}

export interface DanglingBinding {
  ref: ObjectRef
  object: KubernetesObject
  role: ObjectRef
}

/** The bindings whose role surely does not exist. */
export function danglingBindings(context: DetectContext): DanglingBinding[] {
  return (['rolebindings', 'clusterrolebindings'] as const).flatMap((kind) =>
    context.snapshot.objects[kind].flatMap((object) => {
      const { kind: roleKind = '', name = '' } = (object['roleRef'] ?? {}) as { kind?: string; name?: string }
      const namespace = roleKind === 'Role' ? (object.metadata.namespace ?? '') : ''
      const role = { kind: roleKind, namespace, name }
      return isDangling(context, role) ? [{ ref: refOf(kind, object), object, role }] : []
    }),
  )
}

function findingsOf(context: DetectContext, { ref, object, role }: DanglingBinding): Finding[] {
  const accounts = ((object['subjects'] ?? []) as Subject[]).filter(({ kind }) => kind === 'ServiceAccount')
  const users = accounts.flatMap(({ name = '', namespace = object.metadata.namespace ?? '' }) =>
    usersOf(context, namespace, name),
  )
  const [user] = users
  if (user === undefined || context.now - createdAt(object) < grace) return []
  return [
    finding(context, {
      rule: 'RBAC_ROLE_MISSING',
      severity: 'warning',
      owner: ref,
      fault: `it grants ${nameOf(role)}, which does not exist, to what ${nameOf(user)} runs as`,
      since: createdAt(object),
      evidence: [
        `roleRef: ${role.kind} ${role.name}`,
        ...[...new Set(users.map(nameOf))].slice(0, 5).map((name) => `${name} runs as its subject`),
      ],
      causes: [`${role.kind} ${role.name} was deleted, renamed or never created`],
      nextSteps: [
        `kubectl get ${role.kind.toLowerCase()} ${role.namespace === '' ? '' : `-n ${role.namespace}`}`.trim(),
        `kubectl describe ${ref.kind.toLowerCase()} ${ref.name}${ref.namespace === '' ? '' : ` -n ${ref.namespace}`}`,
      ],
    }),
  ]
}

/** The workloads that run as a service account of their own; everything runs as `default`, and little of it asks the API. */
function usersOf({ workloads }: DetectContext, namespace: string, name: string): ObjectRef[] {
  if (name === 'default') return []
  const users = [...workloads.values()]
    .filter(({ ref, object }) => ref.namespace === namespace && templateOf(object)?.spec?.serviceAccountName === name)
    .filter(({ ref }) => ref.kind !== 'ReplicaSet' && ref.kind !== 'Job')
    .map(({ ref }) => ref)
  return [...new Map(users.map((ref) => [refKey(ref), ref])).values()]
}
