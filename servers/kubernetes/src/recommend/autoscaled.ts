import { refKey } from '@kubevigil/core/incident'
import type { Sources } from '../diagnose/sources.ts'

/** More than clusters have; a cut shows in the coverage. */
const mostAutoscalers = 5000

/**
 * The autoscaler of each workload that has one, by `refKey`. Its targets are shares of requests: another request would move the
 * replicas and not the waste, so that krr recommends nothing for such workloads, and neither do we.
 * @returns undefined when they cannot be read
 */
export async function autoscaledWorkloads(
  namespace: string | undefined,
  sources: Sources,
): Promise<ReadonlyMap<string, string> | undefined> {
  const autoscalers = await sources.list('horizontalpodautoscalers.autoscaling', { namespace, most: mostAutoscalers })
  if (autoscalers === undefined) return undefined
  return new Map(
    autoscalers.flatMap(({ metadata, spec }) => {
      const { kind, name } = (spec?.['scaleTargetRef'] ?? {}) as { kind?: string; name?: string }
      if (kind === undefined || name === undefined) return []
      return [[refKey({ kind, namespace: metadata.namespace ?? '', name }), metadata.name]]
    }),
  )
}
