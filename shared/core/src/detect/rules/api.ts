import type { Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { quote } from '../text.ts'

/** The API server itself: when it cannot be read, nothing else can be known, and that is the top finding. */
export const api: Rule = {
  codes: ['API_UNREACHABLE'],
  detect: (context) => {
    const { snapshot } = context
    const gap = snapshot.coverage.find(
      ({ source, status }) => source === 'api' && ['error', 'timeout', 'forbidden'].includes(status),
    )
    if (gap === undefined) return []
    const refused = gap.status === 'forbidden'
    return [
      finding(context, {
        rule: 'API_UNREACHABLE',
        severity: 'critical',
        owner: { kind: 'Cluster', namespace: '', name: snapshot.cluster },
        fault: refused ? 'the API server refuses our credentials' : 'the API server cannot be reached',
        evidence: [`api: ${gap.status}: ${quote(gap.detail)}`],
        causes: refused
          ? ['The credentials expired or lack permission']
          : ['The control plane is down or overloaded', 'Network, DNS or VPN between here and the cluster'],
        nextSteps: ['kubectl cluster-info', 'kubectl get --raw /readyz?verbose'],
      }),
    ]
  },
}
