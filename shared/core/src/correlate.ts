import { clip } from './budget.ts'
import type { Confidence, Management, Rollout, Suspect } from './change.ts'
import { confirmed, place, type Placement } from './correlate/anchor.ts'
import type { CandidateChange } from './correlate/candidate.ts'
import { isDocumentation, ownership, type Home } from './correlate/paths.ts'
import { contentPart, corroborationPart, linkPart, timePart, type Reach } from './correlate/signals.ts'
import { symptomOf, type Symptom } from './correlate/symptom.ts'
import type { ObjectRef } from './incident.ts'
import { toInstant, toMillis } from './time.ts'

export { commitOf, sameCommit, syncName } from './correlate/anchor.ts'
export type { CandidateChange } from './correlate/candidate.ts'
export { changeFacts, isCosmetic, type ChangeFact } from './correlate/change-facts.ts'
export { applicationRoot, isDocumentation, tidyPath } from './correlate/paths.ts'

/** What is known of an incident when its cause is looked for among changes. */
export interface CorrelatedIncident {
  /** When it began (first failing event or restart, not its detection), ISO; unreadable counts as now. */
  onset: string
  /** Code of the root finding's rule, such as POD_OOM_KILLED. */
  rule: string
  workload: ObjectRef
  spread: { namespaces: number; nodeWide: boolean }
  rollouts: readonly Rollout[]
  management: Management
  /** The same failure was there before these changes. */
  knownBefore?: boolean
  /** Milliseconds the workload is known to take for a start. */
  slowStart?: number
}

/** From here up a suspect is worth acting on; below it is a lead. */
export const thresholds = { high: 0.75, medium: 0.45 }

/** Most a change can score whatever speaks for it, when something speaks for another cause. */
const caps = { knownBefore: 0.2, wide: 0.3 }
/** Namespaces failing at once from which a change of one workload is an unlikely cause. */
const manyNamespaces = 3
/** Below this a candidate is noise. */
const leastScore = 0.1

interface Scored {
  suspect: Suspect
  link: number
  at: number
}

/**
 * Ranks changes by how likely they brought an incident, with the reasons: link (up to 0.45), time (0.25), content (0.25) and
 * corroboration (0.05). A change that took effect after the onset, that only touches documentation or comments, or that
 * nothing ties to the workload is no suspect. Deterministic; the order does not depend on the order of the candidates.
 * @param now milliseconds since the epoch; what lies after it is not believed
 * @returns suspects, most likely first; empty when none is left
 */
export function correlate(
  incident: CorrelatedIncident,
  candidates: readonly CandidateChange[],
  now: number,
): Suspect[] {
  const onset = Math.min(toMillis(incident.onset) ?? now, now)
  const symptom = symptomOf(incident.rule)
  const seen = new Set<string>()
  const placed = candidates
    .filter(({ repository, sha }) => {
      const key = `${repository} ${sha}`.toLowerCase()
      return seen.size < seen.add(key).size
    })
    .filter((candidate) => candidate.cosmetic !== true && !isDocumentation(candidate.files))
    .map((candidate) => narrow(candidate, incident))
    .flatMap(({ candidate, reach }) => {
      const placement = place(candidate, incident.rollouts, onset)
      return placement === undefined || placement.at > onset ? [] : [{ candidate, reach, placement }]
    })
  const explained = new Set(
    placed.flatMap(({ candidate, placement: { replaced } }) =>
      replaced !== undefined && confirmed(candidate, replaced) ? [replaced] : [],
    ),
  )
  return placed
    .flatMap((entry) => score(incident, entry, symptom, onset, explained) ?? [])
    .sort(
      (a, b) =>
        b.suspect.score - a.suspect.score ||
        b.link - a.link ||
        b.at - a.at ||
        a.suspect.sha.localeCompare(b.suspect.sha, 'en'),
    )
    .map(({ suspect }) => suspect)
}

/** Keeps of a candidate what concerns the workload, so that another application's patch explains nothing here. */
function narrow(
  candidate: CandidateChange,
  incident: CorrelatedIncident,
): { candidate: CandidateChange; reach: Reach } {
  const { management, workload } = incident
  const application = management.application.split('/').at(-1) ?? ''
  const isHome =
    management.repository === '' || candidate.repository.toLowerCase() === management.repository.toLowerCase()
  const home: Home = {
    path: isHome ? management.path : '',
    names: management.path === '' ? [application, workload.name] : [application],
  }
  const files =
    candidate.files.length > 0 ? candidate.files : candidate.listedFor === undefined ? [] : [candidate.listedFor]
  const rank = { owned: 0, shared: 1, foreign: 2 }
  const judged = files
    .map((path) => ({ path, ownership: isHome ? ownership(path, home) : ('foreign' as const) }))
    .sort((a, b) => rank[a.ownership] - rank[b.ownership])
  const best = judged[0] ?? { path: '', ownership: 'foreign' as const }
  const ours = new Set(judged.filter((file) => file.ownership !== 'foreign').map(({ path }) => path))
  const facts = candidate.facts?.filter((fact) => ours.has(fact.file))
  const reach: Reach = best.ownership === 'owned' && management.path !== '' ? { ...best, path: management.path } : best
  return { candidate: facts === undefined ? candidate : { ...candidate, facts }, reach }
}

function score(
  incident: CorrelatedIncident,
  { candidate, reach, placement }: { candidate: CandidateChange; reach: Reach; placement: Placement },
  symptom: Symptom,
  onset: number,
  explained: ReadonlySet<Rollout>,
): Scored | undefined {
  const link = linkPart(candidate, placement, reach, incident.workload.name)
  if (link.value === 0) return undefined
  const content = contentPart(candidate, placement, symptom, explained)
  const parts = [
    link,
    timePart(placement, onset, incident.slowStart ?? 0),
    content,
    corroborationPart(candidate, placement),
  ]
  const sum = parts.reduce((total, { value }) => total + value, 0)
  const cap = capOf(incident)
  const total = Math.round(Math.min(sum, cap?.value ?? 1) * 100) / 100
  if (total < leastScore) return undefined
  const reasons = [...parts.map(({ reason }) => reason), sum > (cap?.value ?? 1) ? cap!.reason : '']
  return {
    link: link.value,
    at: placement.at,
    suspect: {
      repository: candidate.repository,
      sha: candidate.sha,
      url: clip(candidate.url, 1024),
      title: clip(candidate.title, 300),
      author: clip(candidate.author, 200),
      anchor: { time: toInstant(placement.at), source: placement.source },
      files: candidate.files.slice(0, 10).map((file) => clip(file, 1024)),
      score: total,
      confidence: confidenceOf(total),
      reasons: reasons.filter((reason) => reason !== '').map((reason) => clip(reason, 300)),
      disproof: disproofOf(incident, candidate, placement, content.value > 0).map((text) => clip(text, 300)),
    },
  }
}

function confidenceOf(score: number): Confidence {
  return score >= thresholds.high ? 'high' : score >= thresholds.medium ? 'medium' : 'low'
}

function capOf({ knownBefore, spread }: CorrelatedIncident): { value: number; reason: string } | undefined {
  if (knownBefore === true)
    return {
      value: caps.knownBefore,
      reason: `capped at ${caps.knownBefore}: the same failure was known before this change`,
    }
  if (spread.nodeWide)
    return { value: caps.wide, reason: `capped at ${caps.wide}: the whole node fails, not this workload alone` }
  if (spread.namespaces < manyNamespaces) return undefined
  return { value: caps.wide, reason: `capped at ${caps.wide}: ${spread.namespaces} namespaces fail at once` }
}

/** What to look at to prove the suspicion wrong. */
function disproofOf(
  { workload, rollouts }: CorrelatedIncident,
  { sha }: CandidateChange,
  { at, source, sync, replaced }: Placement,
  explains: boolean,
): string[] {
  const checks = [
    `Signs of the same failure before ${toInstant(at)}: earlier restarts, events or alerts of ${workload.kind} ${workload.name}.`,
  ]
  if (replaced !== undefined) checks.push('Pods of the former revision that fail in the same way.')
  if (sync === undefined && replaced === undefined) {
    checks.push(`${sha.slice(0, 7)} was not applied by then: its time is only that of the ${source}.`)
  }
  if (!explains) checks.push('The failing container does not read what this change touches.')
  if (rollouts.some((rollout) => rollout.source === 'HorizontalPodAutoscaler' || rollout.source === 'Node')) {
    checks.push('The load or the node changed at the same time: see the other rollouts.')
  }
  checks.push('The failure stays after the change is reverted.')
  return checks
}
