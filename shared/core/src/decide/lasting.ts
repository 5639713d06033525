import type { Policy, Sev } from '../policy.ts'
import type { RememberedIncident, Told } from '../remember.ts'
import { humanSpan, toMillis } from '../time.ts'

/** What is said next of an incident that lasts as it was told. */
interface NextStep {
  form: 'update' | 'full' | 'escalation'
  /** Milliseconds since the epoch; it is due when that is past. */
  at: number
  why: string
}

/**
 * What is said next of an incident that was told and lasts unacknowledged: that nobody took it, an update, or all of it again.
 * When several are due, that nobody took it comes first. Undefined when nothing is: SEV-3 is told once, and what a digest told has
 * no message to update.
 */
export function nextStep(
  sev: Sev,
  told: Told,
  whole: RememberedIncident['whole'],
  { cadence, escalation }: Policy,
  now: number,
): NextStep | undefined {
  if ((sev !== 'SEV-1' && sev !== 'SEV-2') || whole === null || whole.form === 'digest') return undefined
  const since = millis(told.since)
  const update = millis(told.at) + cadence[sev]
  const repeated: NextStep =
    update < since + cadence.brief
      ? { form: 'update', at: update, why: `It lasts; ${sev} is updated every ${humanSpan(cadence[sev])}` }
      : {
          form: 'full',
          at: millis(whole.at) + cadence.repeat,
          why: `It lasts since it was told at ${told.since}; told whole again every ${humanSpan(cadence.repeat)}`,
        }
  const deadline = since + escalation[sev]
  const isNext = told.escalatedAt === null && (deadline <= now || deadline <= repeated.at)
  if (!isNext) return repeated
  return { form: 'escalation', at: deadline, why: `Nobody has acknowledged it within ${humanSpan(escalation[sev])}` }
}

function millis(instant: string): number {
  return toMillis(instant) ?? 0
}
