import { day, toInstant } from '@kubevigil/core/time'
import { z } from 'zod'
import { defineTool } from '../context.ts'

/** Days of the longest course that get_trends tells: what it reads is not folded. */
const longestCourse = 90

export const pruneMemory = defineTool({
  name: 'prune_memory',
  title: 'Prune memory',
  description:
    'Folds old cycles into one row a day and drops messages of sessions at rest; keeps what is grave, pinned or unsent. Repeat while more.',
  effect: 'destructive',
  input: z.strictObject({
    olderThanDays: z.int().min(longestCourse).max(3650).default(longestCourse).describe('Age'),
    unpin: z.array(z.int().min(1).max(1e12)).max(100).default([]).describe('Message ids'),
    dryRun: z.boolean().default(true).describe('Count only'),
  }),
  output: z.strictObject({
    dryRun: z.boolean(),
    before: z.string(),
    sightings: z.int().describe('Folded into a row a day and incident'),
    cycles: z.int().describe('Folded into a row a day and cluster'),
    messages: z.int().describe('Dropped'),
    more: z.boolean().describe('Something is left for another call'),
  }),
  async run({ olderThanDays, unpin, dryRun }, { memory, now }) {
    const before = now() - olderThanDays * day
    return { ...(await memory.prune(before, unpin, dryRun)), dryRun, before: toInstant(before) }
  },
})
