import { defaultDetectOptions, detect } from '../../shared/core/src/detect/detect.ts'
import { node, now, object, snapshotOf, type Objects } from '../../shared/core/src/detect/rules/testing.ts'
import { group } from '../../shared/core/src/group.ts'
import { refKey } from '../../shared/core/src/incident.ts'
import type { KubernetesObject } from '../../shared/core/src/kubernetes.ts'
import { withLogEvidence } from '../../shared/core/src/log-evidence.ts'
import { observedKinds } from '../../shared/core/src/observe.ts'
import { app, serviceOf, sliceOf, type AppOptions } from './judge-apps.ts'

/** Whole small clusters for stories: what a judge breaks in them, and what the flow up to grouping says of it. */

/** Log lines by `namespace/pod`, oldest first. */
export type Logs = Record<string, readonly string[]>

export interface Story {
  objects: Objects
  logs?: Logs
  gaps?: Parameters<typeof snapshotOf>[1]
}

/** All lists of several parts, joined. */
export function together(...parts: readonly Objects[]): Objects {
  return Object.fromEntries(observedKinds.map((kind) => [kind, parts.flatMap((part) => part[kind] ?? [])]))
}

export function namespaceOf(name: string): KubernetesObject {
  return object(name, { metadata: { namespace: undefined }, status: { phase: 'Active' } })
}

const zoneOf = (zone: string) => ({ labels: { 'topology.kubernetes.io/zone': zone, 'kubernetes.io/os': 'linux' } })

/** What every cluster has and is well: nodes, namespaces, DNS, and an app nobody touched. */
export const surroundings: Objects = together(
  {
    nodes: [
      node('node-1', 'True', zoneOf('a')),
      node('node-2', 'True', zoneOf('b')),
      node('node-3', 'True', zoneOf('c')),
    ],
    namespaces: ['default', 'kube-system', 'shop', 'data', 'monitoring'].map(namespaceOf),
    storageclasses: [
      { metadata: { name: 'standard' }, provisioner: 'ebs.csi.aws.com', volumeBindingMode: 'Immediate' },
    ],
    configmaps: ['default', 'kube-system', 'shop', 'data', 'monitoring'].map((namespace) =>
      object('kube-root-ca.crt', { metadata: { namespace } }),
    ),
    serviceaccounts: ['default', 'kube-system', 'shop', 'data', 'monitoring'].map((namespace) =>
      object('default', { metadata: { namespace } }),
    ),
    services: [
      object('kubernetes', {
        metadata: { namespace: 'default' },
        spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443 }] },
      }),
    ],
  },
  app('bystander'),
)

/** A cluster's own DNS, well unless told otherwise. */
export function dns(options: AppOptions = {}): Objects {
  const made = app('coredns', { namespace: 'kube-system', service: false, ...options })
  const { replicas = 2, ready = options.broken === undefined ? replicas : 0 } = options
  return {
    ...made,
    services: [serviceOf('kube-dns', 'kube-system', 53, { selector: { app: 'coredns' } })],
    endpointslices: [sliceOf('kube-dns', 'kube-system', ready, replicas - ready)],
  }
}

/** Incidents at warning or above, as `RULE severity root: members`, without the Services in front of workloads: they follow by themselves. */
export function told({ objects, logs = {}, gaps }: Story, around: Objects = together(surroundings, dns())): string[] {
  const snapshot = snapshotOf(together(around, objects), gaps)
  const said = Object.entries(logs).map(([key, lines]) => {
    const [namespace = '', name = ''] = key.split('/')
    return { pod: { kind: 'Pod', namespace, name }, container: 'app', lines }
  })
  const findings = withLogEvidence(detect(snapshot, defaultDetectOptions, now), said, snapshot)
  return group(findings, snapshot)
    .filter(({ severity }) => severity !== 'info')
    .map(({ rule, severity, root, members }) => {
      const others = members.examples
        .filter((member) => member !== refKey(root) && !member.startsWith('Service/'))
        .toSorted()
      return `${rule} ${severity} ${refKey(root)}${others.length === 0 ? '' : `: ${others.join(' ')}`}`
    })
}
