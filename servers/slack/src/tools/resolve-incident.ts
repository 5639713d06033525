import { Delivery } from '@kubevigil/core/notification'
import { toMillis } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import { defineTool } from '../context.ts'

export const resolveIncident = defineTool({
  name: 'resolve_incident',
  title: 'Tell that an incident has ended',
  description:
    'Turns the message of an incident into a resolved one, or strikes its line in a digest through. One nobody was told about is skipped.',
  effect: 'write',
  input: z.strictObject({
    fingerprint: z.string().min(1).max(64).describe('As it was told'),
    resolvedAt: z.string().max(40).describe('When it ended, ISO 8601'),
    note: z.string().max(500).default('').describe('What ended it'),
  }),
  output: Delivery,
  async run(end, { outbox }) {
    if (toMillis(end.resolvedAt) === undefined)
      throw new UserError(
        'bad-instant',
        `resolvedAt is "${end.resolvedAt}", which is no instant.`,
        'Write it like 2026-11-20T14:40:00Z.',
      )
    return outbox.resolve(end)
  },
})
