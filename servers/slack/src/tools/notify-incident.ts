import { Delivery, Notification } from '@kubevigil/core/notification'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { defineTool } from '../context.ts'

export const notifyIncident = defineTool({
  name: 'notify_incident',
  title: 'Tell about an incident',
  description:
    'Tells about an incident, once a fingerprint: later calls edit its message and say in its thread what changed; the same facts send nothing. ' +
    'Give the facts of the assessment; code makes the layout. One that has ended: resolve_incident.',
  effect: 'write',
  input: Notification,
  output: Delivery,
  async run(notification, { outbox }) {
    if (notification.state === 'resolved')
      throw new UserError(
        'incident-resolved',
        'This incident has ended.',
        'Call resolve_incident with its fingerprint.',
      )
    return outbox.notify(notification)
  },
})
