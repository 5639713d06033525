import { minute, toMillis } from '../../time.ts'
import type { Rule } from '../context.ts'
import { finding } from '../finding.ts'
import type { NamedWorkload } from '../objects.ts'
import { inNamespace } from '../text.ts'

/** A controller sees a change within seconds (kubernetes-mixin, KubeDeploymentGenerationMismatch: 15 minutes). */
const longest = 15 * minute

/** Workloads whose last change no controller has taken up: what is asked for and what runs are not the same, and nothing says so. */
export const unobserved: Rule = {
  codes: ['WORKLOAD_NOT_OBSERVED'],
  detect: (context) =>
    [...context.workloads.values()].flatMap((workload) => {
      const changed = changedUnseen(workload)
      if (changed === undefined || context.now - changed < longest) return []
      const { ref, object } = workload
      return [
        finding(context, {
          rule: 'WORKLOAD_NOT_OBSERVED',
          severity: 'warning',
          owner: ref,
          fault: 'its controller has not taken up the last change',
          since: changed,
          evidence: [
            `Generation ${object.metadata.generation}, observed ${object.status?.observedGeneration ?? 'none'}`,
          ],
          causes: ['The controller manager is down or overloaded', 'It may not reach the API server'],
          nextSteps: [
            'kubectl -n kube-system get pods -l component=kube-controller-manager',
            'kubectl -n kube-system get lease kube-controller-manager',
            `kubectl ${inNamespace(ref.namespace)}get ${ref.kind.toLowerCase()} ${ref.name} -o yaml`,
          ],
        }),
      ]
    }),
}

/** When the change was made that was not seen yet, by who manages which fields; undefined when all is seen, or it cannot be told. */
function changedUnseen({ ref, object: { metadata, status } }: NamedWorkload): number | undefined {
  if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(ref.kind)) return undefined
  if ((status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)) return undefined
  // What is written to the status is no change of what is asked for.
  const times = (metadata.managedFields ?? []).filter(
    ({ subresource }) => subresource === undefined || subresource === '',
  )
  return times
    .flatMap(({ time }) => toMillis(time) ?? [])
    .toSorted((a, b) => a - b)
    .at(-1)
}
