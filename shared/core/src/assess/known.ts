import type { AffectedWorkload, Incident } from '../incident.ts'
import type { KnownBehaviour } from '../policy.ts'
import { humanSpan, minute, toMillis } from '../time.ts'

/** What is known of a service's ways, held against one incident. */
interface Explained {
  /** The behaviour that explains the incident, which is none then. */
  known: KnownBehaviour | undefined
  /** Why a behaviour that looks alike does not explain it; empty when there is none. */
  beyond: string
}

export const nothing: Explained = { known: undefined, beyond: '' }

/** Rules that a start which takes its time shows. A crash or an OOM kill is never a slow start. */
const startRules = new Set(['POD_NOT_READY', 'POD_STARTUP_FAILED', 'WORKLOAD_UNAVAILABLE', 'WORKLOAD_ROLLOUT_STALLED'])

const inWords = { 'slow-start': 'slow start', 'manual-unseal': 'wait to be unsealed by hand' }

/** What is unready from its start was so within this of it; what ran for longer before had been up. */
const startingTakes = 5 * minute

/**
 * Whether known behaviour explains an incident. A slow start and a wait for unsealing end at their limits, and what had been up
 * for longer than a start takes has not just been started.
 * @param since onset as far as it is known
 */
export function explain(
  known: readonly KnownBehaviour[],
  { rule }: Incident,
  workloads: readonly AffectedWorkload[],
  since: string | null,
  now: number,
): Explained {
  const onset = toMillis(since)
  const lasted = onset === undefined ? 0 : now - onset
  const started = toMillis(
    workloads
      .flatMap(({ startedAt }) => startedAt ?? [])
      .toSorted()
      .at(0),
  )
  const age = started === undefined ? lasted : Math.max(lasted, now - started)
  const upBefore = age - lasted
  let beyond = ''
  for (const behaviour of known) {
    if (behaviour.kind === 'single-replica') continue
    const { kind, allow } = behaviour
    const isStart = kind === 'slow-start'
    if (isStart ? !startRules.has(rule) : rule !== 'POD_NOT_READY') continue
    const took = isStart ? age : lasted
    // What became unready within the time a start may take may still be that start.
    if (upBefore > startingTakes && !(isStart && age <= allow))
      beyond = `It had been up for ${humanSpan(upBefore)} before, so this is no ${inWords[kind]}`
    else if (took > allow)
      beyond = `Its ${inWords[kind]} may take ${humanSpan(allow)}; this one has taken ${humanSpan(took)}, so it is an incident`
    else return { known: behaviour, beyond: '' }
  }
  return { known: undefined, beyond }
}
