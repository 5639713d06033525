import { clip } from '@kubevigil/core/budget'
import type { Pod } from '@kubevigil/core/kubernetes'
import type { LogLine } from '@kubevigil/core/log-patterns'
import { describeError, UserError } from '@kubevigil/mcp-kit/errors'
import type { KubeClient } from '../kube/client.ts'
import { KubeError } from '../kube/errors.ts'
import { chooseContainer, logOutlook, type ContainerChoice } from './log-container.ts'
import { readLog } from './read-log.ts'

/** Bounds of one answer, over all its pods. */
export const mostLines = 5000
export const mostBytes = 2_000_000

export interface SourceOptions {
  namespace: string
  container: string | undefined
  previous: boolean
  sinceSeconds: number | undefined
  /** Newest lines wanted of each pod. */
  tailLines: number
}

/** One container's log, or in its note why there is none. */
export interface LogSource {
  pod: string
  container: string
  otherContainers: string[]
  lines: LogLine[]
  bytes: number
  wasRead: boolean
  note: string
}

/**
 * Reads the logs of several pods, each within its share of the bounds. What cannot be read is a note, not an end.
 * @throws UserError when nothing at all could be read
 */
export async function readSources(
  kube: KubeClient,
  pods: readonly Pod[],
  options: SourceOptions,
  signal: AbortSignal,
): Promise<LogSource[]> {
  const sources = await Promise.all(pods.map((pod) => readSource(kube, pod, pods.length, options, signal)))
  if (sources.some(({ wasRead }) => wasRead)) return sources
  const [first, ...others] = sources
  const also = others.length > 0 ? ` Nor is there one of ${others.length} more pods.` : ''
  throw new UserError('no-log', `There is no log of pod "${first?.pod}": ${first?.note}${also}`, '')
}

async function readSource(
  kube: KubeClient,
  pod: Pod,
  pods: number,
  options: SourceOptions,
  signal: AbortSignal,
): Promise<LogSource> {
  const choice = chooseContainer(pod, options.container)
  const outlook = logOutlook(pod, choice.container, options.previous)
  if (!outlook.readable) return unread(pod, choice, outlook.note)
  try {
    const { lines, bytes, cut } = await readLog(kube, await kube.type('pods', signal), {
      ...options,
      pod: pod.metadata.name,
      container: choice.container,
      tailLines: Math.max(1, Math.min(options.tailLines, Math.floor(mostLines / pods))),
      limitBytes: Math.floor(mostBytes / pods),
      signal,
    })
    const cutNote = cut ? 'The newest lines are missing, for lines are very long: ask with a smaller tail.' : ''
    return {
      ...named(pod, choice),
      lines,
      bytes,
      wasRead: true,
      note: [outlook.note, cutNote].filter(Boolean).join(' '),
    }
  } catch (error) {
    if (!(error instanceof KubeError)) throw error
    const previous = error.failure === 'invalid' && !options.previous ? ' previous=true may show the run before.' : ''
    return unread(pod, choice, clip(describeError(error) + previous, 500))
  }
}

function unread(pod: Pod, choice: ContainerChoice, note: string): LogSource {
  return { ...named(pod, choice), lines: [], bytes: 0, wasRead: false, note }
}

function named(pod: Pod, { container, others }: ContainerChoice) {
  return { pod: pod.metadata.name, container, otherContainers: others }
}
