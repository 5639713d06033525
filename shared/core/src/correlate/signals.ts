import { clip } from '../budget.ts'
import type { Rollout } from '../change.ts'
import { day, humanSpan, minute } from '../time.ts'
import { confirmed, syncName, type Placement } from './anchor.ts'
import type { CandidateChange } from './candidate.ts'
import { rolloutFact, type ChangeFact } from './change-facts.ts'
import { templateKinds } from './fact-kinds.ts'
import type { Ownership } from './paths.ts'
import { weightOf, type Symptom } from './symptom.ts'

/** One signal's part of a score, and the sentence that explains it. */
export interface Part {
  value: number
  reason: string
}

/** Most that each signal can give; they add up to 1. */
export const shares = { link: 0.45, time: 0.25, content: 0.25, corroboration: 0.05 }

/** What the link of a commit is worth; the middle steps are a third and two thirds of an exact one. */
const linkSteps = { exact: 0.45, path: 0.3, shared: 0.15, mention: 0.05 }

/** How a candidate's files stand to the workload. */
export interface Reach {
  ownership: Ownership
  /** The file or folder that decides it. */
  path: string
}

/** How surely a commit belongs to the workload. */
export function linkPart(
  { title, builtInto }: CandidateChange,
  { sync, replaced }: Placement,
  reach: Reach,
  workload: string,
): Part {
  if (builtInto !== undefined && replaced !== undefined) {
    return part(
      'link',
      linkSteps.exact,
      `built into ${clip(builtInto.image, 120)}, which the ${replaced.source} brought`,
    )
  }
  if (reach.ownership === 'owned') {
    if (sync === undefined) return part('link', linkSteps.path, `it changes ${reach.path}, the workload's own folder`)
    const gap = replaced === undefined ? '' : ` ${apart(sync, replaced)}`
    return part(
      'link',
      linkSteps.exact,
      `${syncName(sync)!} synced revision ${brief(sync.revision)}${gap}; path ${reach.path}`,
    )
  }
  if (reach.ownership === 'shared') {
    const via = sync === undefined ? '' : `, synced with revision ${brief(sync.revision)}`
    return part('link', linkSteps.shared, `it changes ${reach.path}, which the workload shares with others${via}`)
  }
  const words = title.toLowerCase().split(/[^a-z0-9.-]+/)
  if (!words.includes(workload.toLowerCase())) return { value: 0, reason: '' }
  return part('link', linkSteps.mention, `its message names ${workload}, but it changes none of its files`)
}

/**
 * How close the onset followed. Up to 5 minutes counts in full, 15 by 0.8, 30 by half (the steps of claude-agents' on-call scorer),
 * then it decays by a constant factor to 0.1 at a day; later counts nothing.
 * @param slowStart milliseconds the workload may take to start, which do not count against the change
 */
export function timePart({ at, source }: Placement, onset: number, slowStart: number): Part {
  const elapsed = Math.max(0, onset - at - slowStart)
  const allowance = slowStart > 0 ? `, of which ${humanSpan(Math.min(slowStart, onset - at))} are its slow start` : ''
  const gap = onset === at ? 'in the same second' : `${humanSpan(onset - at)} after it took effect`
  return part('time', shares.time * closeness(elapsed), `the failure began ${gap} (${source})${allowance}`)
}

function closeness(elapsed: number): number {
  if (elapsed <= 5 * minute) return 1
  if (elapsed <= 15 * minute) return 0.8
  if (elapsed <= 30 * minute) return 0.5
  if (elapsed > day) return 0
  return 0.5 * 0.2 ** ((elapsed - 30 * minute) / (day - 30 * minute))
}

/**
 * How well what it changed explains the symptom.
 * @param explained the rollouts whose exact changes another candidate's patch already accounts for
 */
export function contentPart(
  candidate: CandidateChange,
  { sync, replaced }: Placement,
  symptom: Symptom,
  explained: ReadonlySet<Rollout>,
): Part {
  if (candidate.builtInto !== undefined) return imageContent(candidate.builtInto.commits, symptom)
  const exact = (replaced?.changes ?? []).flatMap((change) => rolloutFact(change) ?? [])
  const best = strongest(candidate.facts ?? [], symptom)
  if (best !== undefined) {
    const unseen = exact.length > 0 && templateKinds.has(best.kind) && !exact.some((fact) => fact.kind === best.kind)
    const doubt = unseen ? ', though the rollout did not change that in this workload' : ''
    return part('content', shares.content * best.weight * (unseen ? 0.4 : 1), `${best.text} fits ${symptom}${doubt}`)
  }
  // Templates and charts can lower a limit without a line in the patch that says so: the rollout still does.
  const rolled = strongest(exact, symptom)
  if (rolled !== undefined && sync !== undefined && !explained.has(replaced!)) {
    const value = shares.content * rolled.weight * 0.5
    return part(
      'content',
      value,
      `the rollout it came with changed what fits ${symptom} (${rolled.text}); its own patch does not show it`,
    )
  }
  const why =
    candidate.facts === undefined ? 'its patch could not be read' : `nothing it changes is known to bring ${symptom}`
  return part('content', 0, why)
}

/** What is in a new image can be anything; of several commits each is less likely to be the one. */
function imageContent(commits: number, symptom: Symptom): Part {
  const weight = weightOf(symptom, { kind: 'image' })
  if (weight === 0) return part('content', 0, `a new image is not known to bring ${symptom}`)
  const others = commits === 1 ? 'the only commit in it' : `one of ${commits} commits in it`
  return part('content', shares.content * weight * (commits === 1 ? 1 : 0.5), `a new image fits ${symptom}; ${others}`)
}

/** A second source that says the same: the rollout's exact change is the patch's, or it failed outside the cluster as well. */
export function corroborationPart(candidate: CandidateChange, { replaced }: Placement): Part {
  const failed = candidate.failedChecks ?? []
  if (replaced !== undefined && confirmed(candidate, replaced)) {
    const why = `the ${replaced.source}'s recorded change is the patch's, value for value`
    return part('corroboration', shares.corroboration, why)
  }
  if (failed.length === 0) return { value: 0, reason: '' }
  return part('corroboration', shares.corroboration, `${clip(failed.join(', '), 120)} failed with it`)
}

function strongest(facts: readonly ChangeFact[], symptom: Symptom): (ChangeFact & { weight: number }) | undefined {
  return facts
    .map((fact) => ({ ...fact, weight: weightOf(symptom, fact) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)[0]
}

function part(signal: keyof typeof shares, value: number, reason: string): Part {
  const rounded = Math.round(value * 100) / 100
  return { value: rounded, reason: `${signal} ${rounded.toFixed(2)}: ${reason}` }
}

function apart(sync: Rollout, replaced: Rollout): string {
  const millis = Date.parse(replaced.time) - Date.parse(sync.time)
  if (millis === 0) return 'in the second the pods were replaced'
  return `${humanSpan(Math.abs(millis))} ${millis > 0 ? 'before' : 'after'} the pods ${millis > 0 ? 'were' : 'began to be'} replaced`
}

/** A revision as people write it. */
function brief(revision: string): string {
  return revision.replace(/[0-9a-f]{40}/gi, (sha) => sha.slice(0, 7)).slice(0, 60)
}
