import { isNotReady } from '../detect/context.ts'
import { finding } from '../detect/finding.ts'
import type { Lookup } from '../detect/lookup.ts'
import { refKey, type Finding } from '../incident.ts'
import { asides, earliest, type CauseOf } from './roots.ts'

/** A registry that fails for this many owners is down; one owner alone may have a wrong name or address (facts, section 2). */
const ownersOfAnOutage = 2
/** Independent owners whose pods one node must fail before the node is the cause (Radar: two, on that node only). */
const ownersOnANode = 2
/** Nodes of one zone that must be down, all of them, before the zone is the cause. */
const nodesOfAZone = 2

const zoneLabel = 'topology.kubernetes.io/zone'

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
  const judged = findings.some(({ owner, rule }) => owner.kind === 'Node' && owner.name === node && !asides.has(rule))
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
