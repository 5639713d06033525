import { generateDump } from '../../shared/simulator/src/kubernetes/generate.ts'
import type { Incident } from '../../shared/core/src/incident.ts'

export interface Size {
  pods: number
  nodes: number
  failing: number
}

interface MadePod {
  metadata: { namespace?: string; generateName?: string }
  status?: { conditions?: { type: string; status: string }[] }
}

/** Failing pods by the `Deployment/namespace/name` they belong to: the simulator's seed makes the same cluster here again. */
export async function injectedFailures(size: Size): Promise<Map<string, number>> {
  const dump = await generateDump(size, Date.now())
  const owners = new Map<string, number>()
  for (const { metadata, status } of (dump.lists['/api/v1/pods']?.items ?? []) as unknown as MadePod[]) {
    if (status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')) continue
    const owner = `Deployment/${metadata.namespace}/${metadata.generateName?.replace(/-[a-z0-9]+-$/, '')}`
    owners.set(owner, (owners.get(owner) ?? 0) + 1)
  }
  return owners
}

/**
 * How many failing pods the incidents account for: their workload is named as a root, a member or affected, or it can be among
 * the members that an incident counts without naming them.
 */
export function accountedFor(injected: ReadonlyMap<string, number>, incidents: readonly Incident[]): number {
  const named = new Set(
    incidents.flatMap(({ root, affected, members }) => [key(root), ...affected.map(key), ...members.examples]),
  )
  let unnamed = incidents.reduce((sum, { members }) => sum + Math.max(0, members.count - members.examples.length), 0)
  let accounted = 0
  for (const [owner, pods] of injected) {
    if (!named.has(owner) && (unnamed -= 1) < 0) continue
    accounted += pods
  }
  return accounted
}

function key({ kind, namespace, name }: Incident['root']): string {
  return `${kind}/${namespace}/${name}`
}
