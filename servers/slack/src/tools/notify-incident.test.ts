import type { Notification } from '@kubevigil/core/notification'
import { expect, test } from 'vitest'
import type { SlackContext } from '../context.ts'
import { notifyIncident } from './notify-incident.ts'
import { resolveIncident } from './resolve-incident.ts'

const call = { signal: new AbortController().signal, progress: () => {} }
// Neither call may get as far as the outbox.
const context = {} as SlackContext

test('an incident that has ended is not told as one that goes on', async () => {
  const ended = { state: 'resolved' } as Notification
  await expect(notifyIncident.run(ended, context, call)).rejects.toThrow('This incident has ended.')
})

test('an end needs an instant', async () => {
  const end = { fingerprint: 'x', resolvedAt: 'just now', note: '' }
  await expect(resolveIncident.run(end, context, call)).rejects.toThrow(
    'resolvedAt is "just now", which is no instant.',
  )
})
