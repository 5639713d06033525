import { UserError } from '@kubevigil/mcp-kit/errors'
import type { KubeClient } from '../kube/client.ts'
import { nearNames } from '../kube/near-names.ts'
import { namespaceExists } from '../present/missing.ts'
import type { Workload } from './workloads.ts'

interface Asked {
  namespace: string | undefined
  kind: string | undefined
  name: string | undefined
}

/**
 * The workloads that were asked for. A pod's name stands for the workload that owns it.
 * @throws UserError with near names when what was named has no running pods, or its namespace does not exist
 */
export async function selectWorkloads(
  workloads: readonly Workload[],
  { namespace, kind, name }: Asked,
  kube: KubeClient,
  signal: AbortSignal,
): Promise<Workload[]> {
  const wanted = kind === undefined ? undefined : (await kube.type(kind, signal)).kind
  const found = workloads.filter(({ ref, pods }) => {
    if (wanted === 'Pod') return name === undefined || pods.has(name)
    return (wanted === undefined || ref.kind === wanted) && (name === undefined || ref.name === name)
  })
  if (found.length > 0) return found
  if (namespace !== undefined) await namespaceExists(kube, namespace, signal)
  if (name === undefined) return found
  const known = workloads.flatMap(({ ref, pods }) => (wanted === 'Pod' ? [...pods] : [ref.name]))
  const near = nearNames(name, known, 5)
  throw new UserError(
    'workload-unknown',
    `No ${wanted ?? 'workload'} "${name.slice(0, 80)}"${namespace === undefined ? '' : ` in namespace ${namespace}`} has running pods.`,
    near.length > 0 ? `Near names: ${near.join(', ')}.` : 'Leave name out to see all that run.',
  )
}
