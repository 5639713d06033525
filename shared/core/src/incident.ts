import { z } from 'zod'

export const Severity = z.enum(['critical', 'warning', 'info'])
export type Severity = z.output<typeof Severity>
export const severityOrder: Record<Severity, number> = { critical: 0, warning: 1, info: 2 }

const name = z.string().max(512)

export const ObjectRef = z.strictObject({
  kind: z
    .string()
    .max(128)
    .describe('Kubernetes kind, such as Deployment; or Registry, Zone, Cluster for a cause outside the API'),
  namespace: z.string().max(128).describe('Empty for cluster-scoped objects'),
  name,
})
export type ObjectRef = z.output<typeof ObjectRef>

/** `Kind/namespace/name`, the form in which members and examples are written. */
export function refKey(ref: ObjectRef): string {
  return `${ref.kind}/${ref.namespace}/${ref.name}`
}

/** One fact that is wrong, on one owner (topmost controller). Several pods of one owner with the same fault are one finding. */
export interface Finding {
  fingerprint: string
  /** Stable code of the rule, such as POD_CRASH_LOOP. */
  rule: string
  severity: Severity
  /** One line a person reads first; names the object and the fault, no counts that change every minute. */
  title: string
  /** The object the fault shows on: the first of `examples`. */
  object: ObjectRef
  /** The topmost controller, or the object itself. */
  owner: ObjectRef
  container?: string
  /** When it began, ISO; null when nothing tells. Never earlier than the object it shows on. */
  since: string | null
  evidence: string[]
  causes: string[]
  /** Commands or actions, exact. */
  nextSteps: string[]
  /** How many objects of the owner show it, and up to ten of their names. */
  count: number
  examples: string[]
  /** What grouping may join on. */
  links: FindingLinks
}

export interface FindingLinks {
  /** Nodes the faulty objects sit on. */
  nodes?: string[]
  /** Registry host and failure class of an image pull. */
  registry?: { host: string; failure: 'unreachable' | 'rate-limit' | 'auth' | 'not-found' | 'invalid' | 'unknown' }
  /** Objects this one waits for or was refused by: missing Secret, PVC, quota, webhook, Service; the cause when it is faulty or absent itself. */
  causedBy?: ObjectRef[]
  /** Objects this one makes and keeps, such as a Certificate its Secret: what misses them waits for this one. */
  makes?: ObjectRef[]
  /** Hosts of Services this object's text or environment names. */
  dependsOn?: ObjectRef[]
  /** It cannot resolve the name of a Service that exists. */
  unresolved?: boolean
}

/** Readiness of a workload an incident touches; what severity is judged by. */
export const AffectedWorkload = z.strictObject({
  kind: z.string().max(128),
  namespace: z.string().max(128),
  name,
  ready: z.int().min(0).max(1_000_000).nullable().describe('Ready replicas; null when unknown'),
  desired: z.int().min(0).max(1_000_000).nullable().describe('Wanted replicas; null when unknown'),
  startedAt: z
    .string()
    .max(40)
    .optional()
    .describe('When the longest running of its unready containers started; absent when unknown'),
})
export type AffectedWorkload = z.output<typeof AffectedWorkload>

/** Findings with one cause, as check_cluster_health answers it and the other servers take it. */
export const Incident = z.strictObject({
  fingerprint: z.string().max(64).describe('Stable identity across cycles'),
  rule: z.string().max(128).describe('Code of the root finding, such as POD_OOM_KILLED'),
  severity: Severity,
  title: z.string().max(500),
  root: ObjectRef.describe('The object to repair'),
  node: name.optional().describe('The node all its faulty pods sit on; absent when several or unknown'),
  since: z.string().max(40).nullable().describe('Onset, ISO 8601; null when unknown'),
  members: z.strictObject({
    count: z.int().min(0).max(1_000_000).describe('Owners with findings under this root, itself included'),
    examples: z.array(z.string().max(1024)).max(20).describe('Kind/namespace/name, worst first'),
  }),
  affected: z.array(AffectedWorkload).max(20).describe('Workloads it touches with their readiness, worst first'),
  evidence: z.array(z.string().max(1000)).max(12),
  causes: z.array(z.string().max(500)).max(6),
  nextSteps: z.array(z.string().max(500)).max(6),
})
export type Incident = z.output<typeof Incident>

export const ClusterStatus = z.enum(['healthy', 'degraded', 'critical', 'unknown'])
export type ClusterStatus = z.output<typeof ClusterStatus>
