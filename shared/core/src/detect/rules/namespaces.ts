import { conditionsOf } from '../../kubernetes.ts'
import { minute, toMillis } from '../../time.ts'
import type { Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { quote } from '../text.ts'

/** Deleting a full namespace takes minutes. */
const patience = 10 * minute

/** Namespaces that do not finish going away. */
export const namespaces: Rule = {
  codes: ['NAMESPACE_TERMINATING'],
  detect: (context) =>
    context.snapshot.objects.namespaces.flatMap((namespace) => {
      const since = toMillis(namespace.metadata.deletionTimestamp)
      if (since === undefined || context.now - since < patience) return []
      const reasons = conditionsOf(namespace).filter(({ status }) => status === 'True')
      const group = reasons
        .map(({ message }) => /([a-z0-9.]+\/v\w+): (?:stale|the server)/i.exec(message ?? '')?.[1])
        .find((found) => found !== undefined)
      const [name, version] = group?.split('/') ?? []
      return [
        finding(context, {
          rule: 'NAMESPACE_TERMINATING',
          severity: 'warning',
          owner: refOf('namespaces', namespace),
          fault: 'deletion does not finish',
          since,
          evidence: reasons.slice(0, 4).map(({ type, message }) => `${type}: ${quote(message)}`),
          causes: ['An object in it has a finalizer nobody removes', 'An aggregated API does not answer'],
          nextSteps: [`kubectl get namespace ${namespace.metadata.name} -o jsonpath='{.status.conditions}'`],
          links:
            group === undefined
              ? {}
              : { causedBy: [{ kind: 'APIService', namespace: '', name: `${version}.${name}` }] },
        }),
      ]
    }),
}
