import { Delivery, Notification } from '@kubevigil/core/notification'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { defineTool } from '../context.ts'

export const notifyIncident = defineTool({
  name: 'notify_incident',
  title: 'Tell about an incident',
  description:
    'Tells about an incident in Slack: one message for each fingerprint. Later calls edit that message and say in its thread what changed; ' +
    'the same facts again send nothing. Give the facts of the assessment; the layout is made here. Not for an incident that has ended: resolve_incident.',
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
