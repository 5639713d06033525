import { clip } from '@kubevigil/core/budget'
import type { Rollout } from '@kubevigil/core/change'
import { refKey, type Incident } from '@kubevigil/core/incident'
import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import type { ClusterSnapshot } from '@kubevigil/core/observe'
import { humanSpan, minute, toMillis } from '@kubevigil/core/time'
import { createSources } from '../diagnose/sources.ts'
import type { KubeClient } from '../kube/client.ts'
import { revisionsOf } from './history.ts'

/** Incidents whose rollouts are looked up in one look: the worst. */
const mostIncidents = 10
/** A rollout this long before the onset may have brought it; a slow start takes its time to fail (facts: 5 to 30 minutes). */
const before = 30 * minute
/** Clocks differ, and a probe notices late: the onset can be told earlier than the rollout. */
const slack = minute
const mostEvidence = 12

/**
 * The worst incidents with the rollout that preceded each as evidence. It explains and never makes a cause: correlate_incident
 * weighs it against what else changed. What cannot be read adds nothing.
 */
export async function withRecentRollouts(
  kube: KubeClient,
  incidents: readonly Incident[],
  { objects }: Pick<ClusterSnapshot, 'objects'>,
  signal: AbortSignal,
): Promise<Incident[]> {
  const workloads = new Map([
    ...named('Deployment', objects.deployments),
    ...named('StatefulSet', objects.statefulsets),
    ...named('DaemonSet', objects.daemonsets),
  ])
  const asked = incidents
    .filter(({ root, since }) => since !== null && workloads.has(refKey(root)))
    .slice(0, mostIncidents)
  const told = new Map(
    await Promise.all(
      asked.map(async (incident) => {
        const rollouts = await revisionsOf(
          workloads.get(refKey(incident.root))!,
          incident.root,
          createSources(kube, signal),
        )
        return [incident.fingerprint, recentRollout(incident, rollouts)] as const
      }),
    ),
  )
  return incidents.map((incident) => {
    const line = told.get(incident.fingerprint)
    if (line === undefined) return incident
    const [first, ...rest] = incident.evidence
    const evidence = first === undefined ? [line] : [first, line, ...rest]
    return { ...incident, evidence: evidence.slice(0, mostEvidence) }
  })
}

/** The rollout that ended shortly before the onset, in a sentence; undefined without one. */
export function recentRollout({ since }: Pick<Incident, 'since'>, rollouts: readonly Rollout[]): string | undefined {
  const onset = toMillis(since)
  if (onset === undefined) return undefined
  const recent = rollouts
    .map((rollout) => ({ rollout, ahead: onset - (toMillis(rollout.time) ?? Number.NaN) }))
    .filter(({ ahead }) => ahead >= -slack && ahead <= before)
    .toSorted((a, b) => a.ahead - b.ahead)[0]
  if (recent === undefined) return undefined
  const { time, revision, changes } = recent.rollout
  const when = recent.ahead <= 0 ? 'at the onset' : `${humanSpan(recent.ahead)} before the onset`
  return clip(`Changed ${when}: revision ${revision} at ${time}: ${changes.slice(0, 4).join('; ')}`, 600)
}

function named(kind: string, objects: readonly KubernetesObject[]): [string, KubernetesObject][] {
  return objects.map((object) => [
    refKey({ kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name }),
    object,
  ])
}
