import { refKey } from '@kubevigil/core/incident'
import type { Use } from '@kubevigil/core/right-size'
import { hour } from '@kubevigil/core/time'
import { belongsTo } from '../diagnose/pods-of.ts'
import type { UsageHistory } from '../prometheus/usage-history.ts'
import type { Workload } from './workloads.ts'

/** What was seen of each container, by `useKey`. */
export type Uses = Map<string, Use>

export function useKey({ ref }: Pick<Workload, 'ref'>, container: string): string {
  return `${refKey(ref)}/${container}`
}

interface Tally {
  workload: Workload
  cpu: number[]
  memory: number[]
  points: number
  oomKilledAt?: number
}

/**
 * Gives the past of every pod, gone ones too, to the workload it belongs to: by its name, as the controller gave it.
 * A workload has as many hours as its pods have together, shared by those that have a node now: a rollout does not begin its past anew.
 * @returns undefined when none of the pods that run here is known: then it is the past of another cluster
 */
export function usesFromHistory(
  { containers, stepMs }: UsageHistory,
  workloads: readonly Workload[],
  days: number,
): Uses | undefined {
  const running = new Map(
    workloads.flatMap((each) => [...each.pods].map((pod) => [`${each.ref.namespace}/${pod}`, each])),
  )
  const byNamespace = Map.groupBy(workloads, ({ ref }) => ref.namespace)
  const tallies = new Map<string, Tally>()
  let isOurs = false
  for (const { namespace, pod, container, ...seen } of containers) {
    const now = running.get(`${namespace}/${pod}`)
    if (now !== undefined) isOurs = true
    const workload = now ?? byNamespace.get(namespace)?.find(({ ref }) => belongsTo(ref, 'Pod', pod))
    if (workload === undefined) continue
    const key = useKey(workload, container)
    const tally = tallies.get(key) ?? { workload, cpu: [], memory: [], points: 0 }
    tallies.set(key, tally)
    if (seen.cpu !== undefined) tally.cpu.push(seen.cpu)
    if (seen.memory !== undefined) tally.memory.push(seen.memory)
    tally.points += seen.points
    if (seen.oomKilledAt !== undefined) tally.oomKilledAt = Math.max(tally.oomKilledAt ?? 0, seen.oomKilledAt)
  }
  if (!isOurs) return undefined
  return new Map(
    [...tallies].map(([key, { workload, ...tally }]) => {
      const hours = (tally.points * stepMs) / hour / Math.max(1, workload.placed)
      return [key, { ...tally, hours: Math.min(days * 24, Math.floor(hours)) }]
    }),
  )
}

/** What the metrics API knows: this moment. */
export function usesFromMoment(
  usage: ReadonlyMap<string, ReadonlyMap<string, { cpu: number; memory: number }>>,
  workloads: readonly Workload[],
): Uses {
  const uses: Uses = new Map()
  for (const workload of workloads)
    for (const container of workload.containers.keys()) {
      const seen = [...workload.pods].flatMap(
        (pod) => usage.get(`${workload.ref.namespace}/${pod}`)?.get(container) ?? [],
      )
      uses.set(useKey(workload, container), {
        cpu: seen.map(({ cpu }) => cpu),
        memory: seen.map(({ memory }) => memory),
        hours: 0,
        points: seen.length,
      })
    }
  return uses
}
