import { clip } from '@kubevigil/core/budget'
import type { Rollout } from '@kubevigil/core/change'
import type { KubernetesEvent, KubernetesObject } from '@kubevigil/core/kubernetes'
import { eventTimes } from '@kubevigil/core/kubernetes'
import { diffTemplates } from '@kubevigil/core/template-diff'
import { toMillis } from '@kubevigil/core/time'

/** One kept revision of a workload, whatever object keeps it. */
interface Revision {
  number: number
  created: string
  name: string
  template: unknown
}

/** Most differences told of one rollout; WorkloadHistory takes twenty. */
const mostChanges = 20
/** A workload and its first revision are made within seconds of each other. */
const bornTogetherMs = 60_000

/**
 * Rollouts of a Deployment out of its ReplicaSets: the revision annotation numbers them, their creation is the start.
 * @param events the Deployment's scaling events, which alone tell when a rollback to an older ReplicaSet began
 */
export function replicaSetRollouts(
  deployment: KubernetesObject,
  replicaSets: readonly KubernetesObject[],
  events: readonly KubernetesEvent[],
): Rollout[] {
  const revisions = replicaSets
    .filter((set) => ownedBy(set, deployment))
    .flatMap((set): Revision[] => {
      const number = Number(set.metadata.annotations?.['deployment.kubernetes.io/revision'])
      return number > 0
        ? [
            {
              number,
              created: set.metadata.creationTimestamp ?? '',
              name: set.metadata.name,
              template: set.spec?.['template'],
            },
          ]
        : []
    })
  return rolloutsOf(
    'ReplicaSet',
    revisions,
    deployment,
    (revision) => scaledUpAt(revision.name, events) ?? progressedAt(revision, revisions, deployment),
  )
}

/** Rollouts of a StatefulSet or DaemonSet out of its ControllerRevisions, whose data is a patch that holds the template. */
export function controllerRevisionRollouts(
  workload: KubernetesObject,
  controllerRevisions: readonly KubernetesObject[],
): Rollout[] {
  const revisions = controllerRevisions
    .filter((item) => ownedBy(item, workload))
    .map((item): Revision => {
      const data = item['data'] as { spec?: { template?: unknown } } | undefined
      return {
        number: Number(item['revision'] ?? 0),
        created: item.metadata.creationTimestamp ?? '',
        name: item.metadata.name,
        template: data?.spec?.template,
      }
    })
  return rolloutsOf('ControllerRevision', revisions, workload, () => undefined)
}

/** @param restartedAt when a revision older than its number began to be rolled out again, as far as anything tells */
function rolloutsOf(
  source: Rollout['source'],
  revisions: Revision[],
  workload: KubernetesObject,
  restartedAt: (revision: Revision) => string | undefined,
): Rollout[] {
  const ordered = revisions.toSorted((a, b) => b.number - a.number)
  return ordered.map((revision, index) => {
    const previous = ordered[index + 1]
    const reused = previous !== undefined && (toMillis(revision.created) ?? 0) < (toMillis(previous.created) ?? 0)
    const changes =
      previous === undefined ? [firstWords(revision, workload)] : diffTemplates(previous.template, revision.template)
    const rollback = reused ? [`rolled back to an older template, first made ${revision.created}`] : []
    const told = [...rollback, ...(changes.length > 0 ? changes : ['rolled out without a change of the template'])]
    return {
      time: reused ? (restartedAt(revision) ?? previous.created) : revision.created,
      source,
      revision: String(revision.number),
      previousRevision: previous === undefined ? '' : String(previous.number),
      changes: bounded(told),
    }
  })
}

function firstWords(revision: Revision, workload: KubernetesObject): string {
  const born = toMillis(workload.metadata.creationTimestamp)
  const made = toMillis(revision.created)
  const first = born !== undefined && made !== undefined && Math.abs(made - born) < bornTogetherMs
  return first ? 'the workload was created' : 'the oldest revision that is kept: nothing to compare it with'
}

function bounded(changes: string[]): string[] {
  const cut = changes.map((change) => clip(change, 500))
  return cut.length <= mostChanges
    ? cut
    : [...cut.slice(0, mostChanges - 1), `and ${cut.length - mostChanges + 1} more differences`]
}

function scaledUpAt(replicaSet: string, events: readonly KubernetesEvent[]): string | undefined {
  return events
    .filter(
      (event) =>
        event.reason === 'ScalingReplicaSet' &&
        event.message?.startsWith(`Scaled up replica set ${replicaSet} from 0 `),
    )
    .map((event) => eventTimes(event).last)
    .filter((time) => time !== undefined)
    .toSorted()
    .at(-1)
}

/** When the newest revision last made progress: the best that is known once the events are gone. */
function progressedAt(revision: Revision, all: Revision[], deployment: KubernetesObject): string | undefined {
  if (all.some((other) => other.number > revision.number)) return undefined
  const conditions = (deployment.status?.['conditions'] ?? []) as { type: string; lastUpdateTime?: string }[]
  return conditions.find((condition) => condition.type === 'Progressing')?.lastUpdateTime
}

function ownedBy(object: KubernetesObject, owner: KubernetesObject): boolean {
  return (object.metadata.ownerReferences ?? []).some((reference) => reference.uid === owner.metadata.uid)
}
