import { clip } from './budget.ts'
import type { Confidence, Management, Rollout, Suspect } from './change.ts'
import { confirmed, place, type Placement } from './correlate/anchor.ts'
import { incidentCap, ranBeforeCap } from './correlate/caps.ts'
import { disproofOf } from './correlate/disproof.ts'
import { withoutReplaced } from './correlate/replaced.ts'
import type { CandidateChange } from './correlate/candidate.ts'
import { isDocumentation, ownership, type Home } from './correlate/paths.ts'
import { contentPart, corroborationPart, linkPart, timePart, type Reach } from './correlate/signals.ts'
import { symptomOf, type Symptom } from './correlate/symptom.ts'
import { withoutUndone } from './correlate/undone.ts'
import type { ObjectRef } from './incident.ts'
import { toInstant, toMillis } from './time.ts'

export { commitOf, sameCommit, syncName } from './correlate/anchor.ts'
export type { CandidateChange } from './correlate/candidate.ts'
export { changeFacts, isCosmetic, type ChangeFact } from './correlate/change-facts.ts'
export { imageChanges, readImage, type ImageChange } from './correlate/images.ts'
export { applicationRoot, isDocumentation, tidyPath } from './correlate/paths.ts'

/** What is known of an incident when its cause is looked for among changes. */
export interface CorrelatedIncident {
  /** When it began (first failing event or restart, not its detection), ISO; empty or unreadable counts as now. */
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

/** Below this a candidate is noise. */
const leastScore = 0.1

interface Scored {
  suspect: Suspect
  isBuilt: boolean
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
  const read = new Set(candidates.flatMap(({ containedIn }) => containedIn ?? []))
  return withoutUndone(placed)
    .flatMap((entry) => score(incident, entry, symptom, onset, explained, read) ?? [])
    .sort(
      (a, b) =>
        b.suspect.score - a.suspect.score ||
        // Of a commit in an image and the one that brought the image, that one comes first: it is what can be taken back.
        Number(a.isBuilt) - Number(b.isBuilt) ||
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
  read: ReadonlySet<string>,
): Scored | undefined {
  const link = linkPart(candidate, placement, reach, incident.workload.name)
  if (link.value === 0) return undefined
  const content = contentPart(
    withoutReplaced(candidate, placement.at, onset, incident.rollouts),
    placement,
    symptom,
    explained,
  )
  const parts = [
    link,
    timePart(placement, onset, incident.slowStart ?? 0),
    content,
    corroborationPart(candidate, placement),
  ]
  const sum = parts.reduce((total, { value }) => total + value, 0)
  const cap = incidentCap(incident) ?? ranBeforeCap(candidate, placement, incident.rollouts, onset, read)
  const total = Math.round(Math.min(sum, cap?.value ?? 1) * 100) / 100
  if (total < leastScore) return undefined
  const reasons = [...parts.map(({ reason }) => reason), sum > (cap?.value ?? 1) ? cap!.reason : '']
  return {
    link: link.value,
    isBuilt: candidate.builtInto !== undefined,
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
