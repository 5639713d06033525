import type { Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { inNamespace } from '../text.ts'

/**
 * DaemonSets with pods where none should run. The controller takes such pods away by itself, unless a toleration lets them stay,
 * which makes it a note (kubernetes-mixin, KubeDaemonSetMisScheduled, waits for a quarter of an hour no snapshot has).
 */
export const misscheduled: Rule = {
  codes: ['DAEMONSET_MISSCHEDULED'],
  detect: (context) =>
    context.snapshot.objects.daemonsets.flatMap((set) => {
      const count = Number(set.status?.['numberMisscheduled'] ?? 0)
      if (count === 0 || set.metadata.deletionTimestamp !== undefined) return []
      const ref = refOf('daemonsets', set)
      return [
        finding(context, {
          rule: 'DAEMONSET_MISSCHEDULED',
          severity: 'info',
          owner: ref,
          fault: 'runs pods on nodes where it should not',
          evidence: [`${count} pods misscheduled`],
          causes: [
            'Taints or labels of nodes changed after its pods were placed',
            'The nodes were cordoned or drained',
          ],
          nextSteps: [`kubectl ${inNamespace(ref.namespace)}describe daemonset ${ref.name}`],
        }),
      ]
    }),
}
