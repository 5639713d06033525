import type { Rule } from '../context.ts'
import { apis } from './apis.ts'
import { availability } from './availability.ts'
import { bindings } from './bindings.ts'
import { images } from './images.ts'
import { overcommit } from './overcommit.ts'
import { plainSecrets } from './plain-secrets.ts'
import { privileges } from './privileges.ts'
import { resources } from './resources.ts'

/**
 * Habits that invite trouble, found in what was written, not in what happens. Never more than a note, and only when asked for: a
 * healthy cluster is full of them.
 */
export const hygieneRules: readonly Rule[] = [
  resources,
  availability,
  images,
  privileges,
  plainSecrets,
  apis,
  bindings,
  overcommit,
]

/** Whether a code is of a habit and not of a fault. */
export function isHygiene(rule: string): boolean {
  return rule.startsWith('HYGIENE_')
}
