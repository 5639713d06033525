import type { Sev } from '../policy.ts'
import { day, toMillis, type Instant } from '../time.ts'

/** What people have said of an incident, as far as it bears on telling about it. */
export interface Handling {
  /** Somebody knows of this episode. Null when nobody said so, or the episode they meant is over. */
  acknowledgement: { by: string; at: Instant; sev: Sev } | null
  /** Nobody is to be told until an instant; `sev` is what it was when they said so. */
  silence: { by: string; at: Instant; until: Instant; sev: Sev } | null
}

/** Longest a silence may last. */
export const longestSilence = 30 * day

/** Names behind which no one person stands. */
const nobody =
  /\b(?:ai|agent|anonymous|assistant|auto|automation|automatic|bot|claude|everyone|gpt|kubevigil|llm|me|model|nobody|none|oncall|on-call|root|rules|script|somebody|someone|sre|system|team|unknown|user|admin)\b/i

/** Whether a name can be one person's. It tells who answers for a silence; it proves nothing. */
export function namesPerson(by: string): boolean {
  return /\p{L}{2}/u.test(by) && !nobody.test(by.replaceAll('_', ' '))
}

/** Why nobody is told, and until when; null when it holds until something changes. */
interface Hush {
  reason: string
  until: Instant | null
}

/**
 * Why nobody is told although the rules would: a silence that holds, or an acknowledgement. Neither holds for a worse SEV than
 * it was given at, and SEV-1 is silenced only by a named person.
 */
export function hushed(sev: Sev, { acknowledgement, silence }: Handling, now: number): Hush | undefined {
  if (silence !== null && sev >= silence.sev && now < (toMillis(silence.until) ?? 0)) {
    if (sev !== 'SEV-1' || namesPerson(silence.by))
      return { reason: `Silenced by ${silence.by} until ${silence.until}`, until: silence.until }
  }
  if (acknowledgement !== null && sev >= acknowledgement.sev)
    return {
      reason: `Acknowledged by ${acknowledgement.by} at ${acknowledgement.at} as ${acknowledgement.sev}; told again when it is worse or comes back`,
      until: null,
    }
  return undefined
}
