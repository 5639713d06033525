import { Delivery, Digest } from '@kubevigil/core/notification'
import { z } from 'zod'
import { defineTool } from '../context.ts'

export const notifyDigest = defineTool({
  name: 'notify_digest',
  title: 'Tell about incidents together',
  description:
    'One message about incidents that were decided to be told together. Those told already are left out; resolve_incident strikes a line through.',
  effect: 'write',
  input: Digest,
  output: Delivery.extend({
    told: z.array(z.string()).describe('Fingerprints that the digest names; the others have a message of their own'),
  }),
  run: (digest, { outbox }) => outbox.digest(digest),
})
