import type { Assessment } from './assessment.ts'
import { examine, isSuffering, type AssessInput, type Examined, type Part } from './assess/parties.ts'
import { elapsed, judge, judgeCause, type Surroundings } from './assess/verdict.ts'
import { clip } from './budget.ts'
import { standing, stateOf } from './remember.ts'
import { second } from './time.ts'

export type { AssessInput } from './assess/parties.ts'

/** An assessment before `decide` has said whether anybody is told. */
export type Assessed = Omit<Assessment, 'decision'>

/**
 * Judges incidents: which service suffers, how bad that is for its users (SEV-1 to SEV-4) and why, in sentences.
 * The SEV follows from priority, readiness, downtime and breadth. A caller can raise it for as long as the episode lasts; nothing
 * a caller says makes it milder.
 * The order of the answers is the order of the incidents.
 */
export function assess(input: AssessInput, now: number): Assessed[] {
  const examined = input.incidents.map((incident) => examine(incident, input, now))
  const failing = failingP0(examined)
  const suffering = new Set(examined.flatMap((one) => one.parts.filter(isSuffering).map((part) => part.party.name)))
  return examined.map((one) => conclude(one, { failing, suffering, catalog: input.catalog }, now))
}

function failingP0(examined: readonly Examined[]): string[] {
  const parts = examined.flatMap((one) => one.parts)
  const failing = parts.filter(
    (part) => part.party.priority === 'P0' && part.incident.severity === 'critical' && isSuffering(part),
  )
  return unique(failing.map((part) => part.party.name))
}

function conclude(
  { incident, remembered, since, parts, raise }: Examined,
  around: Surroundings,
  now: number,
): Assessed {
  const judged = parts
    .map((part) => ({ ...part, ...judge(part, since, around, now) }))
    .sort((a, b) => a.sev.localeCompare(b.sev) || a.party.priority.localeCompare(b.party.priority))
  const worst = judged[0]!
  const { party } = worst
  const cause = judgeCause(incident)
  const ruled = cause !== undefined && cause.sev < worst.sev ? cause.sev : worst.sev
  const raised = raise !== null && raise.to < ruled ? raise : null
  const sev = raised?.to ?? ruled
  const known = sev === 'SEV-4' ? worst.known : undefined
  return {
    fingerprint: incident.fingerprint,
    state: stateOf(sev, remembered, now),
    sev,
    priority: judged.map((part) => part.party.priority).sort()[0]!,
    service: party.service === undefined ? null : clip(party.service.name, 200),
    impact: impactOf(judged),
    owners: unique(judged.flatMap((part) => part.party.service?.owners ?? []))
      .slice(0, 10)
      .map((owner) => clip(owner, 200)),
    known: known === undefined ? null : { kind: known.kind, note: clip(known.note, 300) },
    since,
    downtimeSeconds: worst.down === undefined ? 0 : Math.floor(elapsed(since, now) / second),
    toleranceSeconds: Math.floor(party.toleranceMs / second),
    raised,
    reasons: [
      ...(raised === null ? [] : [`Raised from ${ruled} to ${raised.to} by a caller: ${raised.reason}`]),
      ...[...judged.slice(0, 4), ...(cause === undefined ? [] : [cause])]
        .sort((a, b) => a.sev.localeCompare(b.sev))
        .flatMap(({ reasons }) => reasons),
    ]
      .slice(0, 12)
      .map((reason) => clip(reason, 400)),
    told: standing(remembered),
  }
}

/** What users notice of what is down; what they would notice while it still serves. */
function impactOf(parts: readonly Part[]): string {
  const down = parts.filter((part) => part.down !== undefined)
  const impacts = unique((down.length > 0 ? down : parts).map((part) => part.party.impact).filter(Boolean))
  if (impacts.length === 0) return ''
  return clip(`${down.length > 0 ? '' : 'At risk: '}${impacts.slice(0, 3).join(' ')}`, 500)
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
