import { z } from 'zod'
import type { Servers } from '../servers.ts'
import { callTool } from './call.ts'
import type { Notified } from './notify.ts'

const Flushed = z.object({ waiting: z.array(z.unknown()) })

/** Deliveries that reached Slack: what belongs to them, such as replies in their threads, will get through too. */
const arrived = new Set(['sent', 'updated', 'resolved'])

/**
 * Has Slack's server send what still waits for its turn (a channel takes a message a second), for it ends with the cycle. What does
 * not get through stays on its disk and goes with the next cycle, so a failure here is none.
 */
export async function sendRest(servers: Servers, { deliveries }: Notified, signal: AbortSignal): Promise<void> {
  if (![...deliveries.values()].some(({ state }) => arrived.has(state))) return
  let before = Infinity
  try {
    for (;;) {
      const { waiting } = await callTool(servers, 'slack', 'flush_outbox', {}, Flushed, signal)
      if (waiting.length === 0 || waiting.length >= before) return
      before = waiting.length
    }
  } catch {
    // It stays on disk.
  }
}
