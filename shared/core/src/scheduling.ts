/** Why the scheduler turned nodes down, in the fewest words that lead to different repairs. */
export const schedulingCategories = {
  InsufficientResource: 'no node has enough of a resource left for what the pod requests',
  UntoleratedTaint: 'nodes carry a taint the pod does not tolerate',
  NodeUnavailable: 'nodes are tainted because they are not ready, unreachable or under pressure',
  Cordoned: 'nodes are cordoned',
  NodeSelector: "nodes lack the labels the pod's node selector or affinity asks for",
  NodeName: 'the pod names a node that is not there or does not fit',
  NodeFeature: 'nodes lack a feature the pod requires',
  PodAffinity: 'no node runs the pods this pod wants to be near',
  PodAntiAffinity: 'every node runs a pod this pod must be apart from, or that must be apart from it',
  TopologySpread: 'the topology spread constraints leave no node',
  MissingClaim: 'a PersistentVolumeClaim the pod names does not exist or is being deleted',
  UnboundClaim: 'a PersistentVolumeClaim of the pod is not bound to a volume',
  LostVolume: 'a PersistentVolumeClaim is bound to a volume that no longer exists',
  VolumeNodeAffinity: "the pod's volume can only be used from other nodes or zones",
  VolumeBinding: 'no volume can be bound or provisioned where the pod could run',
  VolumeInUse: 'another pod holds the volume and it may be used once only',
  VolumeLimit: 'nodes have as many volumes attached as they can',
  HostPort: 'the host port is taken on every node',
  DynamicResources: 'the resource claims of the pod cannot be allocated',
  Gated: 'scheduling gates hold the pod back on purpose',
  NoNodes: 'the cluster has no node that takes pods',
  Preemption: 'evicting less important pods would not help or is not allowed',
  Autoscaler: 'the cluster autoscaler may not or need not add a node',
  Other: 'a reason this version does not know',
} as const
export type SchedulingCategory = keyof typeof schedulingCategories

export interface SchedulingReason {
  category: SchedulingCategory
  /** Nodes turned down for it; null when the scheduler gave no number. One node can count under two reasons. */
  count: number | null
  text: string
  /** The resource there is too little of, such as `cpu` or `nvidia.com/gpu`. */
  resource?: string
  /** The taint's key, as far as the message tells: since 1.34 it does not. */
  taint?: string
}

export interface SchedulingMessage {
  /** Nodes in the cluster as the scheduler counted them; null when it did not say. */
  nodesTotal: number | null
  reasons: SchedulingReason[]
}

/** Taints the node controller and kubelet set themselves: the node is the cause, not the pod (well-known taints of Kubernetes). */
export const nodeConditionTaint =
  /^node\.kubernetes\.io\/(?:not-ready|unreachable|disk-pressure|memory-pressure|pid-pressure|network-unavailable|out-of-service)$/

/** Phrases of kube-scheduler 1.2x to 1.36 and of the cluster autoscaler; the first that matches decides, so narrow ones stand first. */
const phrases: readonly { pattern: RegExp; category: SchedulingCategory }[] = [
  { pattern: /^no nodes available/i, category: 'NoNodes' },
  { pattern: /scheduling gates/i, category: 'Gated' },
  { pattern: /^too many pods/i, category: 'InsufficientResource' },
  { pattern: /^insufficient \S+/i, category: 'InsufficientResource' },
  {
    pattern: /not have enough free storage|find available persistent volumes|available volume zone|no available disk/i,
    category: 'VolumeBinding',
  },
  { pattern: /ReadWriteOncePod/i, category: 'VolumeInUse' },
  { pattern: /exceed max volume count/i, category: 'VolumeLimit' },
  { pattern: /volume node affinity conflict|PersistentVolume's node affinity/i, category: 'VolumeNodeAffinity' },
  { pattern: /bound to non-existent/i, category: 'LostVolume' },
  { pattern: /persistentvolumeclaim .*(?:not found|being deleted)/i, category: 'MissingClaim' },
  { pattern: /unbound immediate PersistentVolumeClaims|binding volumes/i, category: 'UnboundClaim' },
  { pattern: /untolerated taint|taints? (?:\{.*\}, )?that the pod didn't tolerate/i, category: 'UntoleratedTaint' },
  { pattern: /were unschedulable/i, category: 'Cordoned' },
  { pattern: /requested node name/i, category: 'NodeName' },
  { pattern: /declared features|required features/i, category: 'NodeFeature' },
  { pattern: /node affinity|node selector|plugin\(?s?\)? \[?NodeAffinity/i, category: 'NodeSelector' },
  { pattern: /anti-affinity/i, category: 'PodAntiAffinity' },
  { pattern: /pod affinity/i, category: 'PodAffinity' },
  { pattern: /topology spread/i, category: 'TopologySpread' },
  { pattern: /free ports/i, category: 'HostPort' },
  { pattern: /allocate all claims|resourceclaim|resource claim/i, category: 'DynamicResources' },
  { pattern: /node group|scale-up|scale up/i, category: 'Autoscaler' },
  { pattern: /^(?:no preemption|preemption|not eligible)/i, category: 'Preemption' },
  { pattern: /unknown conditions|not.?ready|unreachable|pressure/i, category: 'NodeUnavailable' },
]

/** Where the reasons end: what the post-filter and preemption say concerns other pods (1.24 and newer). */
const afterReasons =
  /[.,]?\s*(?:(?:no new claims to deallocate|still not schedulable),\s*)*\bpreemption: .*$|\s+(?:no new claims to deallocate|still not schedulable),?\s*$/is

/**
 * Reads what the scheduler says about a pod it cannot place: the message of the PodScheduled condition or of a
 * FailedScheduling event, in any wording from 1.20 to 1.36. Unknown wording becomes category `Other`, never an error.
 */
export function parseSchedulingMessage(message: string): SchedulingMessage {
  const text = message.replaceAll(/\s+/g, ' ').trim()
  const counted = /^(\d+)\/(\d+) nodes are available:\s*(.*)$/is.exec(text)
  // Pre-filter failures end in ". not found": the post-filter's complaint that it has no state (see facts of 1.36).
  const body = (counted?.[3] ?? text.replace(/^pod didn't trigger scale-up:\s*/i, ''))
    .replace(afterReasons, '')
    .replace(/\.\s*not found$/i, '')
    .replace(/\.$/, '')
  const reasons = splitReasons(body).map(readReason)
  return { nodesTotal: counted ? Number(counted[2]) : null, reasons }
}

/** Splits at the commas before a number, but not inside braces or quotes. */
function splitReasons(body: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let index = 0; index < body.length; index += 1) {
    const character = body[index]
    if (character === '{' || character === '[') depth += 1
    if (character === '}' || character === ']') depth -= 1
    if (character === ',' && depth <= 0 && /^, \d+ /.test(body.slice(index, index + 12))) {
      parts.push(body.slice(start, index))
      start = index + 1
    }
  }
  return [...parts, body.slice(start)].map((part) => part.trim()).filter((part) => part !== '')
}

function readReason(part: string): SchedulingReason {
  const counted = /^(\d+) (.+)$/s.exec(part)
  const text = counted?.[2] ?? part
  const count = counted ? Number(counted[1]) : null
  const category = phrases.find(({ pattern }) => pattern.test(text.replace(/^node\(s\) /, '')))?.category ?? 'Other'
  const resource = /^too many pods/i.test(text) ? 'pods' : /^insufficient (\S+)/i.exec(text)?.[1]
  const taint = /taints? \{([^:}=\s]+)/i.exec(text)?.[1]
  return {
    category: category === 'UntoleratedTaint' && taint !== undefined ? categoryOfTaint(taint) : category,
    count,
    text,
    ...(resource === undefined ? {} : { resource }),
    ...(taint === undefined ? {} : { taint }),
  }
}

/** What a taint's key says about who is the cause. */
export function categoryOfTaint(key: string): SchedulingCategory {
  if (key === 'node.kubernetes.io/unschedulable') return 'Cordoned'
  return nodeConditionTaint.test(key) ? 'NodeUnavailable' : 'UntoleratedTaint'
}
