import type { Incident } from '../incident.ts'
import type { KnownBehaviour, ServiceCatalog, Sev } from '../policy.ts'
import { humanSpan, toMillis } from '../time.ts'
import { isWhole, type Part, type Party } from './parties.ts'

/** What happens besides the incident in the same look. */
export interface Surroundings {
  /** Names of the P0 services that fail at the same time. */
  failing: readonly string[]
  /** Names of all services that suffer in this look. */
  suffering: ReadonlySet<string>
  catalog: ServiceCatalog
}

export interface Verdict {
  sev: Sev
  reasons: string[]
}

/** What an incident means for one party. The first sentence that applies gives the SEV; worse ones come first. */
export function judge(part: Part, since: string | null, around: Surroundings, now: number): Verdict {
  const { incident, party, down, known } = part
  const who =
    party.service === undefined ? `${party.name} (${party.priority})` : `${party.priority} service ${party.name}`
  if (known !== undefined) return { sev: 'SEV-4', reasons: [knownReason(party, known, since, now)] }

  const downtime = elapsed(since, now)
  const tolerance = party.toleranceMs === 0 ? '0m' : humanSpan(party.toleranceMs)
  const beyond = party.toleranceMs === 0 || downtime > party.toleranceMs
  const fact =
    down === undefined
      ? `${who} ${serving(part)}`
      : `${who} has 0 of ${down.desired} replicas ready: ${since === null ? 'down since an unknown time' : `down for ${humanSpan(downtime)}`}, tolerance ${tolerance}`
  const reasons = [fact, ...(part.beyond === '' ? [] : [part.beyond]), ...singleReplica(party)]

  if (down !== undefined && party.vital !== undefined)
    return { sev: 'SEV-1', reasons: [...reasons, `It is the ${party.vital}: losing it is always SEV-1`] }
  if (down !== undefined && party.priority === 'P0' && beyond) return { sev: 'SEV-1', reasons }
  if (around.failing.length > 1 && around.failing.includes(party.name))
    return {
      sev: 'SEV-1',
      reasons: [...reasons, `${around.failing.length} P0 services fail at once: ${around.failing.join(', ')}`],
    }
  if (down === undefined && incident.severity === 'info')
    return { sev: 'SEV-4', reasons: [...reasons, 'It is for information only'] }

  if (party.priority === 'P0') return { sev: down !== undefined || isDegraded(part) ? 'SEV-2' : 'SEV-3', reasons }
  if (party.priority === 'P1') {
    const dependants = sufferingDependants(party, around)
    if (dependants.length > 0)
      return { sev: 'SEV-2', reasons: [...reasons, `P0 ${dependants.join(', ')} needs it and suffers`] }
    return { sev: down !== undefined && beyond ? 'SEV-2' : 'SEV-3', reasons }
  }
  return { sev: party.priority === 'P2' && down !== undefined && beyond ? 'SEV-3' : 'SEV-4', reasons }
}

/** Fewer replicas than wanted, or a critical fault whose readiness nobody knows. A warning on a whole service is neither. */
function isDegraded({ workloads, incident, whole }: Part): boolean {
  const short = workloads.some(({ ready, desired }) => ready !== null && desired !== null && ready < desired)
  return short || (!whole && incident.severity === 'critical')
}

function serving({ party, workloads }: Part): string {
  const short = workloads.find((workload) => !isWhole(workload) && workload.ready !== null && workload.desired !== null)
  if (short !== undefined) return `still serves with ${short.ready} of ${short.desired} replicas ready`
  if (workloads.length > 0 && workloads.every(isWhole)) return 'has all its replicas ready'
  if (workloads.length === 0 && party.service === undefined)
    return 'is at fault; no workload is known to be short of replicas'
  return 'is hit; how many of its replicas are ready is unknown'
}

function singleReplica({ service }: Party): string[] {
  const behaviour = service?.known.find((one) => one.kind === 'single-replica')
  if (behaviour === undefined) return []
  return [`It runs one replica by design, so nothing takes over${behaviour.note === '' ? '' : `: ${behaviour.note}`}`]
}

function sufferingDependants({ service }: Party, { catalog, suffering }: Surroundings): string[] {
  if (service === undefined) return []
  return catalog.services
    .filter((other) => other.priority === 'P0' && other.dependsOn.includes(service.name) && suffering.has(other.name))
    .map((other) => other.name)
}

function knownReason({ name }: Party, known: KnownBehaviour, since: string | null, now: number): string {
  const note = known.note === '' ? '' : ` (${known.note})`
  if (known.kind === 'single-replica') return `Known behaviour of ${name}, no incident: ${known.kind}${note}`
  const sofar = since === null ? 'it has just begun' : `${humanSpan(elapsed(since, now))} so far`
  const what = known.kind === 'slow-start' ? 'a start may take' : 'it waits to be unsealed by hand, which may take'
  return `Known behaviour of ${name}, no incident: ${what} ${humanSpan(known.allow)}, ${sofar}${note}`
}

/** What the cause itself says, whoever suffers from it. */
export function judgeCause({ root, rule, severity }: Incident): Verdict | undefined {
  if (severity !== 'critical') return undefined
  if (root.kind === 'Cluster')
    return { sev: 'SEV-1', reasons: ['The cluster itself is at fault: nothing in it can be seen or counted on'] }
  if (rule === 'NODE_NOT_READY')
    return { sev: 'SEV-2', reasons: [`Node ${root.name} is not ready: what runs on it is lost or out of sight`] }
  return undefined
}

/** Milliseconds since an onset; 0 when it is unknown. */
export function elapsed(since: string | null, now: number): number {
  const onset = toMillis(since)
  return onset === undefined ? 0 : Math.max(0, now - onset)
}
