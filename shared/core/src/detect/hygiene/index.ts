import type { Rule } from '../context.ts'
import { apis } from './apis.ts'
import { availability } from './availability.ts'
import { images } from './images.ts'
import { plainSecrets } from './plain-secrets.ts'
import { privileges } from './privileges.ts'
import { resources } from './resources.ts'

/**
 * Habits that invite trouble, found in the workloads' templates alone. Never more than a note, and only when asked for: a
 * healthy cluster is full of them.
 */
export const hygieneRules: readonly Rule[] = [resources, availability, images, privileges, plainSecrets, apis]

/** Whether a code is of a habit and not of a fault. */
export function isHygiene(rule: string): boolean {
  return rule.startsWith('HYGIENE_')
}
