import type { Finding } from '../../incident.ts'
import type { KubernetesObject } from '../../kubernetes.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { parseVersion, type Version } from '../versions.ts'

/** A kubelet may be three minors older than the API server and never newer (Kubernetes version skew policy, since 1.28). */
const oldestKubelet = 3
/** Nodes differ by one minor during an upgrade; by more, some were left behind (kubernetes-mixin, KubeVersionMismatch). */
const widestSpread = 1

interface NodeVersion {
  name: string
  text: string
  version: Version
}

/** Kubelets too old or too new for the API server, and nodes left behind by upgrades. */
export const versions: Rule = {
  codes: ['NODE_VERSION_UNSUPPORTED', 'NODE_VERSIONS_MIXED'],
  detect: (context) => {
    const nodes = [...context.nodes.values()].flatMap(versionOf)
    return [...unsupported(context, nodes), ...mixed(context, nodes)]
  },
}

function unsupported(context: DetectContext, nodes: readonly NodeVersion[]): Finding[] {
  const { serverVersion = '' } = context.snapshot
  const server = parseVersion(serverVersion)
  if (server === undefined) return []
  return nodes
    .map((node) => ({ ...node, behind: server.minor - node.version.minor }))
    .filter(({ behind, version }) => version.major === server.major && (behind > oldestKubelet || behind < 0))
    .map(({ name, text, behind }) =>
      finding(context, {
        rule: 'NODE_VERSION_UNSUPPORTED',
        severity: 'critical',
        owner: { kind: 'Node', namespace: '', name },
        fault: `kubelet ${text} is too ${behind < 0 ? 'new' : 'old'} for API server ${serverVersion}`,
        evidence: [`Kubelet ${text}, API server ${serverVersion}: ${Math.abs(behind)} minor versions apart`],
        causes: behind < 0 ? ['Nodes were upgraded before the control plane'] : ['Its upgrade was left out or failed'],
        nextSteps: [
          'kubectl get nodes -o wide',
          behind < 0 ? 'Upgrade the control plane first' : `kubectl drain ${name} --ignore-daemonsets, then upgrade it`,
        ],
        links: { nodes: [name] },
      }),
    )
}

function mixed(context: DetectContext, nodes: readonly NodeVersion[]): Finding[] {
  const minors = nodes.map(({ version }) => version.minor)
  if (Math.max(...minors) - Math.min(...minors) <= widestSpread) return []
  const byVersion = Map.groupBy(nodes, ({ version }) => `${version.major}.${version.minor}`)
  return [
    finding(context, {
      rule: 'NODE_VERSIONS_MIXED',
      severity: 'info',
      owner: { kind: 'Cluster', namespace: '', name: context.snapshot.cluster },
      fault: 'its nodes run kubelets more than one minor version apart',
      evidence: [...byVersion]
        .sort(([, a], [, b]) => a[0]!.version.minor - b[0]!.version.minor)
        .map(
          ([version, those]) =>
            `${version}: ${those
              .map(({ name }) => name)
              .sort()
              .slice(0, 5)
              .join(', ')}`,
        ),
      causes: ['An upgrade left some nodes out'],
      nextSteps: ['kubectl get nodes -o wide'],
    }),
  ]
}

function versionOf({ metadata, status }: KubernetesObject): NodeVersion[] {
  const info = status?.['nodeInfo'] as { kubeletVersion?: string } | undefined
  const version = parseVersion(info?.kubeletVersion)
  return version === undefined ? [] : [{ name: metadata.name, text: info!.kubeletVersion!, version }]
}
