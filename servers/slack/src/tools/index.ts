import { flushOutbox } from './flush-outbox.ts'
import { getApproval } from './get-approval.ts'
import { getNotificationStatus } from './get-notification-status.ts'
import { listChannels } from './list-channels.ts'
import { notifyDigest } from './notify-digest.ts'
import { notifyIncident } from './notify-incident.ts'
import { postMessage } from './post-message.ts'
import { readChannel } from './read-channel.ts'
import { requestApproval } from './request-approval.ts'
import { resolveIncident } from './resolve-incident.ts'

export const tools = [
  listChannels,
  notifyIncident,
  notifyDigest,
  resolveIncident,
  postMessage,
  getNotificationStatus,
  flushOutbox,
  readChannel,
  requestApproval,
  getApproval,
]
