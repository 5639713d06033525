import type { Assessment } from '@kubevigil/core/assessment'
import type { Sev } from '@kubevigil/core/policy'

/** A model's wish to have an incident judged graver. */
export interface Raise {
  fingerprint: string
  sev: Sev
  reason: string
}

/**
 * Keeps what a model may ask for: a graver SEV for an incident it was given, once each. Known behaviour is no incident and SEV-4
 * is never told, so neither becomes one by a model's word.
 */
export function allowedRaises(wished: readonly Raise[], given: readonly Assessment[]): Raise[] {
  const open = new Map(
    given.filter(({ known, sev }) => known === null && sev !== 'SEV-4').map((one) => [one.fingerprint, one]),
  )
  return wished.filter(({ fingerprint, sev }) => {
    const assessment = open.get(fingerprint)
    open.delete(fingerprint)
    return assessment !== undefined && sev < assessment.sev
  })
}

/**
 * Of two judgements of the same incidents, each at its graver, gravest first: whatever a second look was told, nothing becomes
 * milder by it, and known behaviour stays known.
 */
export function graver(first: readonly Assessment[], second: readonly Assessment[]): Assessment[] {
  const again = new Map(second.map((one) => [one.fingerprint, one]))
  return first
    .map((one) => {
      const other = again.get(one.fingerprint)
      return other === undefined || other.sev > one.sev || (one.known !== null && other.known === null) ? one : other
    })
    .toSorted((a, b) => a.sev.localeCompare(b.sev))
}
