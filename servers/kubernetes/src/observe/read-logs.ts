import type { Pod } from '@kubevigil/core/kubernetes'
import type { ContainerLog, WantedLog } from '@kubevigil/core/log-evidence'
import type { ClusterSnapshot, Coverage } from '@kubevigil/core/observe'
import type { KubeClient } from '../kube/client.ts'
import type { ResourceType } from '../kube/discovery.ts'
import { KubeError } from '../kube/errors.ts'
import { chooseContainer, logOutlook } from '../present/log-container.ts'
import { readLog } from '../present/read-log.ts'
import { coverageOf } from './coverage.ts'

/** Logs read for one look, however much fails: about half a megabyte at most. */
export const mostLogs = 30
/** What ends a program stands in its last lines. */
const tailLines = 40
const limitBytes = 16_000

/** The last lines of the wanted containers. Never throws because logs cannot be read: they explain what is known without them. */
export async function readLogs(
  client: KubeClient,
  { objects }: Pick<ClusterSnapshot, 'objects'>,
  wanted: readonly WantedLog[],
  signal: AbortSignal,
): Promise<{ logs: ContainerLog[]; coverage: Coverage[] }> {
  if (wanted.length === 0) return { logs: [], coverage: [] }
  const pods = new Map(objects.pods.map((pod) => [`${pod.metadata.namespace}/${pod.metadata.name}`, pod]))
  const type = await client.type('pods', signal)
  const answers = await Promise.all(
    wanted.map((log) => readOne(client, type, log, pods.get(`${log.pod.namespace}/${log.pod.name}`), signal)),
  )
  const logs = answers.filter((answer) => answer !== undefined && !(answer instanceof KubeError)) as ContainerLog[]
  const failure = answers.find((answer) => answer instanceof KubeError)
  return { logs, coverage: [coverageOf('logs', logs.length, logs.length === 0 ? failure : undefined)] }
}

async function readOne(
  client: KubeClient,
  type: ResourceType,
  { pod: ref, container: named, previous: failed }: WantedLog,
  pod: Pod | undefined,
  signal: AbortSignal,
): Promise<ContainerLog | KubeError | undefined> {
  if (pod === undefined) return undefined
  const { container } = chooseContainer(pod, named)
  // A container that waits after a run gives that run's log; one that runs again says nothing yet of why it failed.
  const previous = failed && runsAgain(pod, container)
  if (!logOutlook(pod, container, previous).readable) return undefined
  try {
    const request = { namespace: ref.namespace, pod: ref.name, container, previous, sinceSeconds: undefined }
    const { lines } = await readLog(client, type, { ...request, tailLines, limitBytes, signal })
    return { pod: ref, container, lines: lines.map(({ text }) => text) }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof KubeError) return error
    throw error
  }
}

function runsAgain({ status }: Pod, container: string): boolean {
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const own = all.find(({ name }) => name === container)
  return own?.state?.running !== undefined && (own.restartCount ?? 0) > 0
}
