import type { ObjectRef } from '../incident.ts'
import type { NamedKind } from '../observe.ts'
import type { Lookup } from './lookup.ts'

/** Kinds read by name only, and whether each namespace has one of them by itself (kube-root-ca.crt, `default`). */
const witnesses: Record<string, { kind: NamedKind; perNamespace: boolean }> = {
  ConfigMap: { kind: 'configmaps', perNamespace: true },
  ServiceAccount: { kind: 'serviceaccounts', perNamespace: true },
  Secret: { kind: 'secrets', perNamespace: false },
  Role: { kind: 'roles', perNamespace: false },
  ClusterRole: { kind: 'clusterroles', perNamespace: false },
}

/**
 * Whether a name leads nowhere: its kind was listed whole, holds something, and not this. A list that is empty where a cluster
 * never is proves nothing: whoever answered hides such objects.
 */
export function isDangling(lookup: Lookup, { kind: written, namespace, name }: ObjectRef): boolean {
  const witness = witnesses[written]
  if (witness === undefined || !lookup.surelyAbsent(witness.kind, namespace, name)) return false
  return lookup.snapshot.objects[witness.kind].some(
    ({ metadata }) => !witness.perNamespace || metadata.namespace === namespace,
  )
}
