import type { Delivery, Digest } from '@kubevigil/core/notification'
import { DigestAnswer } from '../answers.ts'
import type { Servers } from '../servers.ts'
import { callTool } from './call.ts'
import type { Told } from './notify.ts'
import { titleOf } from './words.ts'

/** Lines a digest holds; what is left out of one is decided anew in the next cycle. */
const mostLines = 50

/**
 * Tells incidents in one message of their channel.
 * @returns what became of each line: those that were told before, by a digest or a message of their own, stay as they are
 */
export async function tellTogether(
  servers: Servers,
  cluster: string,
  channel: string,
  members: readonly Told[],
  signal: AbortSignal,
): Promise<[string, Delivery][]> {
  const digest: Digest = {
    channel,
    cluster,
    // SEV-3 waits for business hours; what is graver comes together only when much begins at once.
    why: members.some(({ assessment }) => assessment.sev < 'SEV-3') ? 'storm' : 'business-hours',
    incidents: members.slice(0, mostLines).map(({ incident, assessment }) => ({
      fingerprint: incident.fingerprint,
      sev: assessment.sev,
      title: titleOf(incident, assessment),
      service: assessment.service ?? incident.root.name,
      since: incident.since,
    })),
    omitted: Math.max(0, members.length - mostLines),
  }
  const { told, ...delivery } = await callTool(servers, 'slack', 'notify_digest', digest, DigestAnswer, signal)
  const isTold = new Set(told)
  return digest.incidents.map(({ fingerprint }) => [
    fingerprint,
    isTold.has(fingerprint) ? delivery : { state: 'unchanged', channel: delivery.channel, ts: null, detail: '' },
  ])
}
