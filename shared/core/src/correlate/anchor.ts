import type { Rollout } from '../change.ts'
import { minute, toMillis } from '../time.ts'
import { rolloutFact, sameChange } from './change-facts.ts'
import { imageChanges } from './images.ts'
import type { CandidateChange } from './candidate.ts'

/** Where a candidate stands in what the cluster did. */
export interface Placement {
  /** When it took effect, in milliseconds since the epoch, and where that is known from. */
  at: number
  source: string
  /** The sync that brought it, when the live objects say so. */
  sync?: Rollout
  /** The rollout of the workload's pods that followed. */
  replaced?: Rollout
}

const syncNames: Partial<Record<Rollout['source'], string>> = { ArgoCD: 'Argo CD', Flux: 'Flux' }
const podSources: ReadonlySet<Rollout['source']> = new Set(['ReplicaSet', 'ControllerRevision', 'Helm'])

/** How far before a sync's recorded end and after it the pods it replaces may start: Argo CD notes the end, waves take time. */
const syncReach = { before: 5 * minute, after: 10 * minute }
/** How far the clock of whoever dated a commit may be ahead of the cluster's. */
const clockSkew = 5 * minute
/** How long after a commit or merge a rollout is still taken for its effect when no live object names the commit. */
const commitReach = 15 * minute

/** `Argo CD` or `Flux` for a rollout that names a Git revision. */
export function syncName(rollout: Rollout): string | undefined {
  return syncNames[rollout.source]
}

/**
 * The commit a GitOps revision stands for: a bare hash, or Flux's `main@sha1:…`, `v1.0.1@sha1:…` and, before 2.0, `main/…`.
 * @returns undefined for what is none: a chart version, a branch, an OCI digest, a placeholder
 */
export function commitOf(revision: string): string | undefined {
  const [, bare, older] =
    /^(?:[^@\s]{1,200}@)?(?:sha1:)?([0-9a-f]{7,40})$|^\S{1,200}\/([0-9a-f]{40})$/i.exec(revision.trim()) ?? []
  return (bare ?? older)?.toLowerCase()
}

/** Whether two hashes, one of them perhaps shortened, name one commit. */
export function sameCommit(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()]
  return Math.min(a.length, b.length) >= 7 && (a.startsWith(b) || b.startsWith(a))
}

/** Finds when a candidate took effect; undefined when its times cannot be read. `onset` chooses among several syncs of one revision. */
export function place(candidate: CandidateChange, rollouts: readonly Rollout[], onset: number): Placement | undefined {
  if (candidate.builtInto !== undefined) return placeAtImage(candidate.builtInto.image, rollouts, onset)
  const bringing = rollouts.filter((rollout) => syncName(rollout) !== undefined && brings(rollout, candidate))
  const placed = bringing.flatMap((sync) => placeAtSync(sync, rollouts, onset) ?? [])
  const before = placed.filter(({ at }) => at <= onset)
  const introducing = before.filter(({ sync }) => introduces(sync!))
  const latest = maximum(introducing) ?? minimum(before) ?? minimum(placed)
  return latest ?? placeAtCommit(candidate, rollouts, onset)
}

/** The first rollout that brought an image, of those before the onset if there is one. */
function placeAtImage(image: string, rollouts: readonly Rollout[], onset: number): Placement | undefined {
  const bringing = rollouts
    .filter((rollout) => podSources.has(rollout.source))
    .filter((rollout) => imageChanges(rollout).some(({ after }) => after === image))
    .flatMap((replaced): Placement[] => {
      const at = toMillis(replaced.time)
      return at === undefined ? [] : [{ at, source: replaced.source, replaced }]
    })
  return maximum(bringing.filter(({ at }) => at <= onset)) ?? minimum(bringing)
}

function brings(rollout: Rollout, { sha, containedIn = [] }: CandidateChange): boolean {
  const commit = commitOf(rollout.revision)
  return (commit !== undefined && sameCommit(commit, sha)) || containedIn.includes(rollout.revision)
}

/** A repeated sync of what ran already brings nothing. */
function introduces({ revision, previousRevision }: Rollout): boolean {
  return previousRevision !== '' && previousRevision !== revision
}

function placeAtSync(sync: Rollout, rollouts: readonly Rollout[], onset: number): Placement | undefined {
  const at = toMillis(sync.time)
  if (at === undefined) return undefined
  const replaced = podsOf(sync, at, rollouts)
  const replacedAt = toMillis(replaced?.time)
  if (replaced === undefined || replacedAt === undefined || replacedAt > onset) {
    return { at, source: `${syncName(sync)!} sync`, sync }
  }
  return { at: replacedAt, source: replaced.source, sync, replaced }
}

/** The rollout of pods nearest to a sync, unless it is nearer to another sync. */
function podsOf(sync: Rollout, at: number, rollouts: readonly Rollout[]): Rollout | undefined {
  const syncs = rollouts.filter((rollout) => syncName(rollout) !== undefined)
  return rollouts
    .filter((rollout) => podSources.has(rollout.source))
    .filter((rollout) => {
      const time = toMillis(rollout.time)
      if (time === undefined || time < at - syncReach.before || time > at + syncReach.after) return false
      return syncs.every((other) => other === sync || distance(other, time) >= distance(sync, time))
    })
    .sort((a, b) => distance(a, at) - distance(b, at))[0]
}

function placeAtCommit(candidate: CandidateChange, rollouts: readonly Rollout[], onset: number): Placement | undefined {
  const merged = toMillis(candidate.mergedAt)
  const at = merged ?? toMillis(candidate.committedAt)
  if (at === undefined) return undefined
  const syncsAreKnown = rollouts.some(
    (rollout) => syncName(rollout) !== undefined && commitOf(rollout.revision) !== undefined,
  )
  const replaced = rollouts
    .filter((rollout) => podSources.has(rollout.source))
    .map((rollout) => ({ rollout, time: toMillis(rollout.time) ?? -Infinity }))
    .filter(({ time }) => time >= at - clockSkew && time <= onset)
    .filter(
      ({ rollout, time }) =>
        (!syncsAreKnown && time >= at && time - at <= commitReach) || confirmed(candidate, rollout),
    )
    .sort((a, b) => a.time - b.time)[0]
  if (replaced !== undefined) return { at: replaced.time, source: replaced.rollout.source, replaced: replaced.rollout }
  return { at, source: merged === undefined ? 'commit date' : 'pull request merge' }
}

function distance(rollout: Rollout, to: number): number {
  return Math.abs((toMillis(rollout.time) ?? Infinity) - to)
}

/** Whether a rollout's exact changes contain one of the candidate's, values included. */
export function confirmed({ facts = [] }: CandidateChange, rollout: Rollout): boolean {
  return rollout.changes
    .flatMap((change) => rolloutFact(change) ?? [])
    .some(
      (exact) => exact.after !== undefined && facts.some((fact) => fact.after !== undefined && sameChange(fact, exact)),
    )
}

function maximum(placed: readonly Placement[]): Placement | undefined {
  return [...placed].sort((a, b) => b.at - a.at)[0]
}

function minimum(placed: readonly Placement[]): Placement | undefined {
  return [...placed].sort((a, b) => a.at - b.at)[0]
}
