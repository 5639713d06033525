import type { Assessment } from '../assessment.ts'
import type { Policy } from '../policy.ts'

/**
 * When more incidents are told for the first time in one look than anybody reads, the gravest SEV-1 keep messages of their own
 * and the others share a digest for each channel.
 * @param first fingerprints that would get messages of their own, for the first time in their episode
 */
export function calmStorm(
  decided: readonly Assessment[],
  first: ReadonlySet<string>,
  { storm }: Policy,
): readonly Assessment[] {
  const starting = decided.filter(({ fingerprint }) => first.has(fingerprint))
  if (starting.length <= storm.over) return decided
  const own = new Set(
    starting
      .filter(({ sev }) => sev === 'SEV-1')
      .slice(0, storm.own)
      .map(({ fingerprint }) => fingerprint),
  )
  const why = `${starting.length} incidents start in one look, more than ${storm.over}, so they are told together`
  return decided.map((one) => {
    if (!first.has(one.fingerprint) || own.has(one.fingerprint)) return one
    const reasons = [...one.decision.reasons, why]
    return { ...one, decision: { ...one.decision, form: 'digest', next: null, reasons } }
  })
}
