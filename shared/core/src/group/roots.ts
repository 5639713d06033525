import { finding } from '../detect/finding.ts'
import { kinds, type IndexedKind } from '../detect/objects.ts'
import { nameOf } from '../detect/text.ts'
import { refKey, type Finding, type ObjectRef } from '../incident.ts'
import type { Lookup } from '../detect/lookup.ts'

/**
 * Causes that are no finding themselves, because they lie outside the cluster (a registry, a zone) or are not there (a
 * Secret, a Service). They become findings here, so that an incident always has a root with a stable fingerprint.
 */
export interface CauseOf {
  root: Finding
  effects: Finding[]
}

/**
 * Kinds a text names with authority: the kubelet or the API server said that this object is missing or refuses. Their lists
 * need not be asked; Secrets never can be.
 */
const namedWithAuthority: Record<string, { rule: string; fault: string }> = {
  Secret: { rule: 'POD_CONFIG_ERROR', fault: 'missing or incomplete' },
  ConfigMap: { rule: 'POD_CONFIG_ERROR', fault: 'missing or incomplete' },
  ServiceAccount: { rule: 'WORKLOAD_REPLICAS_REFUSED', fault: 'does not exist' },
  ResourceQuota: { rule: 'QUOTA_EXHAUSTED', fault: 'leaves no room for more pods' },
  ValidatingWebhookConfiguration: { rule: 'WEBHOOK_UNAVAILABLE', fault: 'its webhook does not answer' },
  MutatingWebhookConfiguration: { rule: 'WEBHOOK_UNAVAILABLE', fault: 'its webhook does not answer' },
  Namespace: { rule: 'NAMESPACE_TERMINATING', fault: 'is being deleted' },
  NetworkPolicy: {
    rule: 'NETWORK_POLICY_BLOCKS',
    fault: 'lets nothing through of what its pods, or their callers, need',
  },
}
/** Kinds that are a cause only when they are surely absent. */
const causeWhenAbsent: Record<string, { rule: string; kind: IndexedKind }> = {
  Service: { rule: 'SERVICE_MISSING', kind: 'services' },
  PersistentVolumeClaim: { rule: 'PVC_MISSING', kind: 'persistentvolumeclaims' },
  StorageClass: { rule: 'STORAGE_CLASS_MISSING', kind: 'storageclasses' },
  APIService: { rule: 'APISERVICE_MISSING', kind: 'apiservices' },
}

/** Findings that are true of an object but stop nothing that waits for it. */
export const asides = new Set([
  'NODE_CORDONED',
  'NODE_EVENT',
  'NODE_VERSION_UNSUPPORTED',
  'PDB_OVERLAP',
  'PVC_RESIZE_PENDING',
  'SERVICE_PORT_UNDECLARED',
  'STORAGE_CLASS_DEFAULTS',
])

/** Roots for the objects findings name as their cause and no finding is about. */
export function namedRoots(findings: readonly Finding[], lookup: Lookup): CauseOf[] {
  const known = new Set([...findings.map(({ owner }) => refKey(owner)), ...makersOf(findings).keys()])
  const effects = new Map<string, { ref: ObjectRef; effects: Finding[] }>()
  for (const effect of findings) {
    for (const ref of effect.links.causedBy ?? []) {
      if (known.has(refKey(ref)) || ruleFor(ref, lookup) === undefined) continue
      const entry = effects.get(refKey(ref)) ?? { ref, effects: [] }
      entry.effects.push(effect)
      effects.set(refKey(ref), entry)
    }
  }
  return [...effects.values()].map(({ ref, effects }) => ({ root: namedRoot(ref, effects, lookup), effects }))
}

/** Findings by the objects they should make: a missing Secret whose Certificate is not ready has its root there. */
export function makersOf(findings: readonly Finding[]): Map<string, Finding[]> {
  const made = findings.flatMap((maker) => (maker.links.makes ?? []).map((ref) => ({ key: refKey(ref), maker })))
  return new Map(
    [...Map.groupBy(made, ({ key }) => key)].map(([key, entries]) => [key, entries.map(({ maker }) => maker)]),
  )
}

function namedRoot(ref: ObjectRef, effects: readonly Finding[], lookup: Lookup): Finding {
  const first = effects[0]!
  const { rule, fault } = ruleFor(ref, lookup)!
  return finding(lookup, {
    rule,
    severity: first.severity,
    owner: ref,
    fault: fault.endsWith('exist') || fault.startsWith('missing') ? `${fault}; ${nameOf(first.owner)} needs it` : fault,
    since: earliest(effects),
    evidence: first.evidence,
    causes: first.causes,
    nextSteps: first.nextSteps,
  })
}

function ruleFor(ref: ObjectRef, lookup: Lookup): { rule: string; fault: string } | undefined {
  const named = namedWithAuthority[ref.kind]
  if (named !== undefined) return named
  const absent = causeWhenAbsent[ref.kind]
  if (absent === undefined || !lookup.surelyAbsent(absent.kind, ref.namespace, ref.name)) return undefined
  // Every cluster has APIServices of its own: an empty list was not a whole one.
  if (absent.kind === 'apiservices' && lookup.snapshot.objects.apiservices.length === 0) return undefined
  return { rule: absent.rule, fault: 'does not exist' }
}

/** Kinds of objects that carry replicas people count. */
export const workloadKindNames = new Set([
  kinds.deployments,
  kinds.statefulsets,
  kinds.daemonsets,
  kinds.replicasets,
  kinds.jobs,
  kinds.cronjobs,
  'Pod',
])

/** When the first of some findings began, in milliseconds. */
export function earliest(findings: readonly Finding[]): number | undefined {
  const moments = findings
    .map(({ since }) => (since === null ? Number.NaN : Date.parse(since)))
    .filter((moment) => !Number.isNaN(moment))
  return moments.length === 0 ? undefined : Math.min(...moments)
}
