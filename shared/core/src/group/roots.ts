import { finding } from '../detect/finding.ts'
import { kinds, type IndexedKind } from '../detect/objects.ts'
import { nameOf } from '../detect/text.ts'
import { isNotReady } from '../detect/context.ts'
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

/** A registry that fails for this many owners is down; one owner alone may have a wrong name or address (facts, section 2). */
const ownersOfAnOutage = 2
/** Independent owners whose pods one node must fail before the node is the cause (Radar: two, on that node only). */
const ownersOnANode = 2
/** Nodes of one zone that must be down, all of them, before the zone is the cause. */
const nodesOfAZone = 2

const zoneLabel = 'topology.kubernetes.io/zone'

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
}
/** Kinds that are a cause only when they are surely absent. */
const causeWhenAbsent: Record<string, { rule: string; kind: IndexedKind }> = {
  Service: { rule: 'SERVICE_MISSING', kind: 'services' },
  PersistentVolumeClaim: { rule: 'PVC_MISSING', kind: 'persistentvolumeclaims' },
  StorageClass: { rule: 'STORAGE_CLASS_MISSING', kind: 'storageclasses' },
}

/** Roots for the objects findings name as their cause and no finding is about. */
export function namedRoots(findings: readonly Finding[], lookup: Lookup): CauseOf[] {
  const known = new Set(findings.map(({ owner }) => refKey(owner)))
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
  return { rule: absent.rule, fault: 'does not exist' }
}

/** Registries that do not answer, or limit the rate, for several owners. Access refused or a tag missing is each owner's own matter. */
export function registryRoots(findings: readonly Finding[], lookup: Lookup): CauseOf[] {
  const failing = findings.filter(
    ({ links }) => links.registry?.failure === 'unreachable' || links.registry?.failure === 'rate-limit',
  )
  return [...Map.groupBy(failing, ({ links }) => links.registry!.host)]
    .filter(([, effects]) => new Set(effects.map(({ owner }) => refKey(owner))).size >= ownersOfAnOutage)
    .map(([host, effects]) => {
      const limited = effects.every(({ links }) => links.registry?.failure === 'rate-limit')
      const root = finding(lookup, {
        rule: 'REGISTRY_UNAVAILABLE',
        severity: effects[0]!.severity,
        owner: { kind: 'Registry', namespace: '', name: host },
        fault: limited ? 'limits the rate of image pulls' : 'does not answer image pulls',
        since: earliest(effects),
        evidence: [...new Set(effects.flatMap(({ evidence }) => evidence.slice(0, 1)))].slice(0, 3),
        causes: limited
          ? ['Too many pulls without or with a shared login']
          : ['The registry is down or overloaded', 'DNS, firewall, proxy or certificate between nodes and registry'],
        nextSteps: limited
          ? ['Log in to the registry or pull through a cache']
          : [`curl -sS -o /dev/null -w '%{http_code}' https://${host}/v2/`],
      })
      return { root, effects }
    })
}

/** Zones of which every node is down while other zones have nodes that work. */
export function zoneRoots(findings: readonly Finding[], lookup: Lookup): CauseOf[] {
  const zones = Map.groupBy(lookup.snapshot.objects.nodes, ({ metadata }) => metadata.labels?.[zoneLabel] ?? '')
  const whole = [...zones].filter(
    ([zone, nodes]) => zone !== '' && nodes.length >= nodesOfAZone && nodes.every(isNotReady),
  )
  if (whole.length === zones.size) return []
  return whole.flatMap(([zone, nodes]) => {
    const names = new Set(nodes.map(({ metadata }) => metadata.name))
    const effects = findings.filter(({ rule, owner }) => rule === 'NODE_NOT_READY' && names.has(owner.name))
    if (effects.length < nodesOfAZone) return []
    const root = finding(lookup, {
      rule: 'ZONE_DOWN',
      severity: effects[0]!.severity,
      owner: { kind: 'Zone', namespace: '', name: zone },
      fault: 'no node of it reports',
      since: earliest(effects),
      evidence: [`All ${nodes.length} nodes of the zone are not ready: ${[...names].sort().slice(0, 10).join(', ')}`],
      causes: ["The zone's power, network or provider failed"],
      nextSteps: [`kubectl get nodes -l ${zoneLabel}=${zone}`],
    })
    return [{ root, effects }]
  })
}

/** Nodes on which pods of several owners, and on no other node, cannot be built: their network or storage is broken. */
export function nodeRoots(findings: readonly Finding[], lookup: Lookup): CauseOf[] {
  const stuck = findings.filter(
    ({ rule, links }) => rule === 'POD_STUCK_CREATING' && (links.causedBy ?? []).length === 0,
  )
  const nodes = [...new Set(stuck.flatMap(({ links }) => links.nodes ?? []))]
  const [node] = nodes
  const judged = findings.some(
    ({ owner, rule }) => owner.kind === 'Node' && owner.name === node && rule !== 'NODE_CORDONED',
  )
  if (nodes.length !== 1 || node === undefined || judged || stuck.length < ownersOnANode) return []
  const root = finding(lookup, {
    rule: 'NODE_STARTS_NO_PODS',
    severity: stuck[0]!.severity,
    owner: { kind: 'Node', namespace: '', name: node },
    fault: 'pods given to it do not start',
    since: earliest(stuck),
    evidence: stuck.flatMap(({ evidence }) => evidence.slice(1, 2)).slice(0, 3),
    causes: ['The network plugin (CNI), storage driver or container runtime on it is not working'],
    nextSteps: [`kubectl describe node ${node}`, `kubectl cordon ${node}`],
    links: { nodes: [node] },
  })
  return [{ root, effects: stuck }]
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

function earliest(findings: readonly Finding[]): number | undefined {
  const moments = findings
    .map(({ since }) => (since === null ? Number.NaN : Date.parse(since)))
    .filter((moment) => !Number.isNaN(moment))
  return moments.length === 0 ? undefined : Math.min(...moments)
}
