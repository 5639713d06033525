import { listChannels } from './list-channels.ts'
import { notifyIncident } from './notify-incident.ts'
import { postMessage } from './post-message.ts'
import { resolveIncident } from './resolve-incident.ts'

export const tools = [listChannels, notifyIncident, resolveIncident, postMessage]
