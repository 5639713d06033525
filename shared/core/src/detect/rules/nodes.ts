import type { Finding, ObjectRef } from '../../incident.ts'
import { conditionOf, conditionsOf, type Condition, type KubernetesObject } from '../../kubernetes.ts'
import { minute, toMillis } from '../../time.ts'
import { isNotReady, type DetectContext, type Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { isLeaving } from '../leaving.ts'
import { createdAt } from '../pods.ts'
import { quote } from '../text.ts'

/** A new node is not ready while its network plugin is installed. */
const joining = 5 * minute

const pressures = new Set(['MemoryPressure', 'DiskPressure', 'PIDPressure'])

/**
 * Conditions of node-problem-detector's shipped configuration, NetworkUnavailable and what its plugins report. They are bad
 * when True. Unknown condition types are left alone: many mean well when True (EtcdIsVoter).
 */
const problems = new Set([
  'NetworkUnavailable',
  'KernelDeadlock',
  'ReadonlyFilesystem',
  'XfsShutdown',
  'CperHardwareErrorFatal',
  'FrequentKubeletRestart',
  'FrequentDockerRestart',
  'FrequentContainerdRestart',
  'FrequentUnregisterNetDevice',
  'CorruptDockerOverlay2',
  'KubeletUnhealthy',
  'ContainerRuntimeUnhealthy',
  'KubeProxyUnhealthy',
  'NTPProblem',
  'DiskBadBlock',
])

export const nodes: Rule = {
  codes: ['NODE_NOT_READY', 'NODE_PRESSURE', 'NODE_CONDITION', 'NODE_CORDONED'],
  detect: (context) =>
    [...context.nodes.values()].flatMap((node) => [
      ...notReady(context, node),
      ...conditions(context, node),
      ...cordoned(context, node),
    ]),
}

function notReady(context: DetectContext, node: KubernetesObject): Finding[] {
  const ready = conditionOf(node, 'Ready')
  if (ready === undefined || !isNotReady(node)) return []
  const silent = ready.status === 'Unknown'
  if (!silent && context.now - createdAt(node) < joining) return []
  const leaving = isLeaving(node)
  const pods = context.snapshot.census.byNode.get(node.metadata.name) ?? 0
  return [
    finding(context, {
      rule: 'NODE_NOT_READY',
      severity: leaving ? 'info' : isCordoned(node) ? 'warning' : 'critical',
      owner: refOf(node),
      fault: silent ? 'node stopped reporting' : 'node is not ready',
      since: toMillis(ready.lastTransitionTime),
      evidence: [
        `Ready is ${ready.status} (${ready.reason ?? 'no reason'}) since ${ready.lastTransitionTime ?? 'unknown'}: ${quote(ready.message)}`,
        `Pods on it: ${pods}`,
        leaving && 'It is being removed on purpose',
        isCordoned(node) && 'It is cordoned: somebody may be working on it',
      ],
      causes: silent
        ? ['The machine is off, hangs or lost its network', 'The kubelet stopped']
        : [
            'The network plugin (CNI) or the container runtime on it is not working',
            'The kubelet reports a fault of its own',
          ],
      nextSteps: [
        `kubectl describe node ${node.metadata.name}`,
        `kubectl get pods -A -o wide --field-selector spec.nodeName=${node.metadata.name}`,
      ],
      links: { nodes: [node.metadata.name] },
    }),
  ]
}

function conditions(context: DetectContext, node: KubernetesObject): Finding[] {
  return conditionsOf(node)
    .filter(({ type, status }) => status === 'True' && (pressures.has(type) || problems.has(type)))
    .map((condition) => conditionFinding(context, node, condition))
}

function conditionFinding(
  context: DetectContext,
  node: KubernetesObject,
  { type, reason, message, lastTransitionTime }: Condition,
): Finding {
  return finding(context, {
    rule: pressures.has(type) ? 'NODE_PRESSURE' : 'NODE_CONDITION',
    severity: 'warning',
    owner: refOf(node),
    // Several conditions of one node are findings of their own: the type takes the container's place in the fingerprint.
    container: type,
    fault: `node reports ${type}`,
    since: toMillis(lastTransitionTime),
    evidence: [
      `${type} is True (${reason ?? 'no reason'}) since ${lastTransitionTime ?? 'unknown'}: ${quote(message)}`,
    ],
    causes: pressures.has(type)
      ? ['Pods on it use far more than they request', 'Images, logs or emptyDirs fill it']
      : ['A fault of its kernel, disk, runtime or network'],
    nextSteps: [`kubectl describe node ${node.metadata.name}`, `kubectl top pods -A --sort-by=memory`],
    links: { nodes: [node.metadata.name] },
  })
}

function cordoned(context: DetectContext, node: KubernetesObject): Finding[] {
  if (!isCordoned(node) || isNotReady(node)) return []
  const taint = ((node.spec?.['taints'] ?? []) as { key: string; timeAdded?: string }[]).find(
    ({ key }) => key === 'node.kubernetes.io/unschedulable',
  )
  return [
    finding(context, {
      rule: 'NODE_CORDONED',
      severity: 'info',
      owner: refOf(node),
      fault: 'node is cordoned',
      since: toMillis(taint?.timeAdded),
      evidence: ['spec.unschedulable is true: it takes no new pods'],
      causes: ['Maintenance, or an uncordon that was forgotten'],
      nextSteps: [`kubectl uncordon ${node.metadata.name}`],
      links: { nodes: [node.metadata.name] },
    }),
  ]
}

function refOf(node: KubernetesObject): ObjectRef {
  return { kind: 'Node', namespace: '', name: node.metadata.name }
}

function isCordoned(node: KubernetesObject): boolean {
  return node.spec?.['unschedulable'] === true
}
