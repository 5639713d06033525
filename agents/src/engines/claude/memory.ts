import { clip } from '@kubevigil/core/budget'
import { z } from 'zod'
import { callTool } from '../../stages/call.ts'
import type { Reading, Session, Work } from '../engine.ts'

const Context = z.object({ text: z.string(), nextCursor: z.string().nullish() })

/** Parts of the context one cycle takes; memory pages what does not fit into one answer. */
const mostParts = 8

/** The conversation of a cluster: it outlives the process, because memory keeps it under this name. A name's end tells more than its begin. */
function sessionId(cluster: string): string {
  return `driver-${cluster.replace(/[^\w.:-]/g, '-').slice(-57)}`
}

/** What memory tells about the cluster and the conversation so far, within memory's own budget; empty when it is away. */
export async function memoryText({ servers, cluster, signal }: Work, model: string): Promise<string> {
  try {
    const args = { cluster, session: sessionId(cluster), model }
    const parts: string[] = []
    let cursor: string | null | undefined
    do {
      const asked = cursor == null ? args : { ...args, cursor }
      const part = await callTool(servers, 'session-memory', 'get_context', asked, Context, signal)
      parts.push(part.text)
      cursor = part.nextCursor
    } while (cursor != null && parts.length < mostParts)
    return parts.join('')
  } catch {
    signal.throwIfAborted()
    return ''
  }
}

/** What is kept of this cycle's conversation: what was asked about, what was answered, and the summary for the next. */
export function sessionOf({ cluster, takenAt, changed }: Work, { remarks }: Reading, summary: string): Session {
  const titles = changed.map(({ incident, assessment }) => `${assessment.sev} ${incident.title} (${assessment.state})`)
  const answers = changed.flatMap(({ incident }) => {
    const explanation = remarks.get(incident.fingerprint)?.explanation ?? ''
    return explanation === '' ? [] : [`${incident.title}: ${explanation}`]
  })
  const importance = changed.some(({ assessment }) => assessment.sev === 'SEV-1') ? 'critical' : 'normal'
  return {
    id: sessionId(cluster),
    summary: summary === '' ? null : summary,
    messages: [
      { role: 'user', importance, pinned: false, text: clip(`${takenAt}: ${titles.join('; ')}`, 8000) },
      ...(answers.length === 0
        ? []
        : [{ role: 'assistant' as const, importance, pinned: false, text: clip(answers.join('\n'), 8000) } as const]),
    ],
  }
}
