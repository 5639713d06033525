import type { Finding, Severity } from '../../incident.ts'
import { conditionOf, eventTimes, type KubernetesEvent, type KubernetesObject } from '../../kubernetes.ts'
import { hour, minute, toMillis } from '../../time.ts'
import { lastSeen, type DetectContext, type Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { quote } from '../text.ts'

/** What a kernel says once an hour ago may never come again. */
const window = hour
/** More changes than this within a quarter of an hour are flapping (kubernetes-mixin, KubeNodeReadinessFlapping). */
const changesToCount = 2
const flappingWindow = 15 * minute

interface Trouble {
  severity: Severity
  fault: string
  causes: string[]
}

const disk: Trouble = {
  severity: 'warning',
  fault: 'its kernel reports errors of a disk or file system',
  causes: ['A disk is failing', 'The volume behind it was lost or reset'],
}

/** Reasons of node-problem-detector's shipped configuration and of the kubelet, about the node itself. */
const troubles: Record<string, Trouble> = {
  OOMKilling: {
    severity: 'info',
    fault: 'its kernel killed processes for lack of memory',
    causes: ['A container went over its limit', 'The node ran out of memory'],
  },
  SystemOOM: {
    severity: 'warning',
    fault: 'the system ran out of memory',
    causes: ['Pods without memory limits', 'Too little memory reserved for the system'],
  },
  TaskHung: {
    severity: 'warning',
    fault: 'tasks hang in its kernel',
    causes: ['A disk or network file system that does not answer'],
  },
  KernelOops: { severity: 'warning', fault: 'its kernel faulted', causes: ['A fault of a driver or of the hardware'] },
  Ext4Error: disk,
  Ext4Warning: { ...disk, severity: 'info' },
  IOError: disk,
  XfsHasShutdown: disk,
  MemoryReadError: {
    severity: 'warning',
    fault: 'its memory has errors',
    causes: ['A memory module is failing'],
  },
  ConntrackFull: {
    severity: 'warning',
    fault: 'its connection table is full, so that connections are dropped',
    causes: ['More connections than nf_conntrack_max allows', 'Connections that are opened and never closed'],
  },
  DNSUnreachable: {
    severity: 'warning',
    fault: 'it cannot reach its DNS server',
    causes: ['The DNS server is down', 'A firewall between them'],
  },
  Rebooted: { severity: 'info', fault: 'node was restarted', causes: ['An upgrade, a crash or a power loss'] },
  ImageGCFailed: {
    severity: 'warning',
    fault: 'its kubelet cannot make room by removing images',
    causes: ['All images are in use', 'Something else fills the disk'],
  },
  FreeDiskSpaceFailed: {
    severity: 'warning',
    fault: 'its kubelet cannot make room by removing images',
    causes: ['All images are in use', 'Something else fills the disk'],
  },
}

/** What events say of nodes that are ready: trouble of the kernel, and nodes that come and go. */
export const nodeEvents: Rule = {
  codes: ['NODE_EVENT', 'NODE_FLAPPING'],
  detect: (context) => [
    ...[...context.nodes.values()].flatMap((node) => troublesOf(context, node)),
    ...flapping(context),
  ],
}

function troublesOf(context: DetectContext, node: KubernetesObject): Finding[] {
  const ref = refOf('nodes', node)
  const recent = context
    .eventsOf(ref)
    .filter((event) => troubles[event.reason ?? ''] !== undefined && context.now - lastSeen(event) < window)
  return [...Map.groupBy(recent, ({ reason = '' }) => reason)].map(([reason, events]) => {
    const trouble = troubles[reason]!
    const { first } = eventTimes(events[0]!)
    return finding(context, {
      rule: 'NODE_EVENT',
      severity: trouble.severity,
      owner: ref,
      // Several sorts of trouble of one node are findings of their own.
      container: reason,
      fault: trouble.fault,
      since: toMillis(first),
      evidence: [`${reason}: ${quote(events.at(-1)?.message)}`],
      causes: trouble.causes,
      nextSteps: [`kubectl describe node ${ref.name}`, `kubectl debug node/${ref.name} -it --image=busybox -- dmesg`],
      links: { nodes: [ref.name] },
    })
  })
}

/** The node controller says NodeNotReady of a node and again of each of its pods, once for each time it is lost. */
function flapping(context: DetectContext): Finding[] {
  const nodeOf = new Map(
    context.pods.map(({ metadata, spec }) => [`${metadata.namespace ?? ''}/${metadata.name}`, spec.nodeName ?? '']),
  )
  const losses = new Map<string, number>()
  for (const event of context.events) {
    if (event.reason !== 'NodeNotReady' || !isRecent(context.now, event)) continue
    const { kind, namespace = '', name = '' } = event.involvedObject
    const node = kind === 'Node' ? name : (nodeOf.get(`${namespace}/${name}`) ?? '')
    losses.set(node, Math.max(losses.get(node) ?? 0, eventTimes(event).count))
  }
  return [...losses].flatMap(([name, times]) => {
    const node = context.nodes.get(name)
    if (node === undefined || times <= changesToCount) return []
    const ref = refOf('nodes', node)
    return [
      finding(context, {
        rule: 'NODE_FLAPPING',
        severity: 'warning',
        owner: ref,
        fault: 'node comes and goes',
        evidence: [
          `Lost ${times} times within a quarter of an hour; Ready is ${conditionOf(node, 'Ready')?.status ?? 'unknown'}`,
        ],
        causes: ['Its network is unstable', 'It is so loaded that the kubelet cannot report in time'],
        nextSteps: [`kubectl describe node ${name}`, `kubectl -n kube-node-lease get lease ${name} -o yaml`],
        links: { nodes: [name] },
      }),
    ]
  })
}

/** All its sightings lie within the window: a count gathered over days says nothing. */
function isRecent(now: number, event: KubernetesEvent): boolean {
  const first = toMillis(eventTimes(event).first)
  return first !== undefined && now - first < flappingWindow
}
