import type { LogLine } from '@kubevigil/core/log-patterns'
import type { KubeClient } from '../kube/client.ts'
import { pathOf, type ResourceType } from '../kube/discovery.ts'
import { logLines } from './log-lines.ts'

export interface LogRequest {
  namespace: string
  pod: string
  container: string
  previous: boolean
  sinceSeconds: number | undefined
  /** Newest lines to read. */
  tailLines: number
  /** Most bytes to read, over all attempts. */
  limitBytes: number
  signal: AbortSignal
}

export interface ReadLog {
  lines: LogLine[]
  bytes: number
  /** Whether the newest lines are missing because of limitBytes. */
  cut: boolean
}

/**
 * Reads the newest lines of a container's log, with limits that the server keeps. The kubelet counts limitBytes from the start of
 * the tail, so that a log with long lines would lose its newest ones: when the first half of the bytes is used up, the other half
 * goes into a shorter tail.
 * @throws KubeError
 */
export async function readLog(kube: KubeClient, podType: ResourceType, request: LogRequest): Promise<ReadLog> {
  const limitBytes = Math.max(1, Math.floor(request.limitBytes / 2))
  const first = await ask(kube, podType, request, request.tailLines, limitBytes)
  const whole = first.body.split('\n').length - 1
  if (!first.cut || whole < 2) return { lines: logLines(first.body), bytes: first.bytes, cut: first.cut }
  const second = await ask(kube, podType, request, Math.max(1, Math.floor(whole * 0.8)), limitBytes)
  return { lines: logLines(second.body), bytes: first.bytes + second.bytes, cut: second.cut }
}

async function ask(
  kube: KubeClient,
  podType: ResourceType,
  request: LogRequest,
  tailLines: number,
  limitBytes: number,
) {
  const { namespace, pod, container, previous, sinceSeconds, signal } = request
  const body = await kube.text(pathOf(podType, namespace, pod, 'log'), {
    query: { container, previous: previous || undefined, sinceSeconds, timestamps: true, tailLines, limitBytes },
    accept: '*/*',
    signal,
    // A kubelet that does not keep the limit is cut off here.
    maxBytes: limitBytes,
  })
  const bytes = Buffer.byteLength(body)
  const cut = bytes >= limitBytes
  // The last line is cut in two then; half a secret would match no rule.
  return { body: cut && body.includes('\n') ? body.slice(0, body.lastIndexOf('\n') + 1) : body, bytes, cut }
}
