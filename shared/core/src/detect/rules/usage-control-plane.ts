import type { Finding, Severity } from '../../incident.ts'
import type { ControlPlaneFault } from '../../metrics.ts'
import { day, humanSpan, second } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'

/** A kubelet whose certificate has less than this left will soon be cut off (kubernetes-mixin: critical below one day). */
const nearlyCutOff = day

const codes = {
  'api-errors': 'API_SERVER_ERRORS',
  'api-errors-slow': 'API_SERVER_ERRORS',
  'kubelet-certificate': 'KUBELET_CERTIFICATE_EXPIRES',
  'etcd-leader': 'ETCD_NO_LEADER',
} as const

/** Faults of the control plane, where Prometheus tells: the API server cannot say such things of itself. */
export const controlPlane: Rule = {
  codes: [...new Set(Object.values(codes))],
  detect(context) {
    const faults = context.snapshot.metrics?.controlPlane ?? []
    const fast = faults.some(({ kind }) => kind === 'api-errors')
    return faults.filter(({ kind }) => !fast || kind !== 'api-errors-slow').flatMap((fault) => tell(context, fault))
  },
}

function tell(context: DetectContext, { kind, node, value }: ControlPlaneFault): Finding[] {
  const rule = codes[kind]
  const cluster = { kind: 'Cluster', namespace: '', name: context.snapshot.cluster }
  if (kind === 'etcd-leader')
    return [
      finding(context, {
        rule,
        severity: 'critical',
        owner: cluster,
        fault: 'etcd has no leader: nothing can be changed',
        evidence: ['A member of etcd says that it has no leader'],
        causes: ['Too many members are down, or cannot reach each other', 'Disks too slow for its heartbeats'],
        nextSteps: ['etcdctl endpoint status --cluster -w table', 'kubectl -n kube-system get pods -l component=etcd'],
      }),
    ]
  if (kind === 'kubelet-certificate') {
    // A node that is gone keeps its last sample for a while.
    if (!context.nodes.has(node)) return []
    const severity: Severity = value * second < nearlyCutOff ? 'critical' : 'warning'
    return [
      finding(context, {
        rule,
        severity,
        owner: { kind: 'Node', namespace: '', name: node },
        fault: 'the certificate of its kubelet expires and is not renewed',
        evidence: [`It holds for ${humanSpan(value * second)} more`],
        causes: ['Certificate requests of kubelets are not approved', 'Rotation is switched off'],
        nextSteps: ['kubectl get certificatesigningrequests', `kubectl describe node ${node}`],
        links: { nodes: [node] },
      }),
    ]
  }
  return [
    finding(context, {
      rule,
      severity: 'critical',
      owner: cluster,
      fault: 'the API server fails too many requests',
      evidence: [`${(value * 100).toFixed(1)} % of requests failed in the last ${kind === 'api-errors' ? '1h' : '6h'}`],
      causes: ['etcd is slow or away', 'An admission webhook or an aggregated API does not answer', 'It is overloaded'],
      nextSteps: [
        'kubectl get --raw "/readyz?verbose"',
        'kubectl -n kube-system logs -l component=kube-apiserver --tail=50',
      ],
    }),
  ]
}
