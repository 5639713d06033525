import { flushOutbox } from './flush-outbox.ts'
import { getNotificationStatus } from './get-notification-status.ts'
import { listChannels } from './list-channels.ts'
import { notifyIncident } from './notify-incident.ts'
import { postMessage } from './post-message.ts'
import { readChannel } from './read-channel.ts'
import { resolveIncident } from './resolve-incident.ts'

export const tools = [
  listChannels,
  notifyIncident,
  resolveIncident,
  postMessage,
  getNotificationStatus,
  flushOutbox,
  readChannel,
]
