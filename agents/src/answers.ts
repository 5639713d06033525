import { Assessment } from '@kubevigil/core/assessment'
import { Suspect, WorkloadHistory } from '@kubevigil/core/change'
import { ClusterStatus, Incident, ObjectRef } from '@kubevigil/core/incident'
import { Delivery } from '@kubevigil/core/notification'
import { Coverage } from '@kubevigil/core/observe'
import { Priority, Sev } from '@kubevigil/core/policy'
import { z } from 'zod'

/** What the driver reads of the servers' answers. Unknown fields pass: a newer server may say more. */
export const HealthAnswer = z.object({
  cluster: z.string(),
  context: z.string(),
  takenAt: z.string(),
  status: ClusterStatus,
  coverage: z.array(Coverage),
  incidents: z.array(Incident),
  counts: z.object({ critical: z.int(), warning: z.int(), info: z.int() }),
  omitted: z.object({ incidents: z.int() }),
  nextCursor: z.string().nullable(),
})
export type HealthAnswer = z.output<typeof HealthAnswer>

export const RolloutsAnswer = z.object(WorkloadHistory.shape)

export const CorrelationAnswer = z.object({
  verdict: z.enum(['found', 'none', 'incomplete']),
  suspects: z.array(Suspect),
  rollback: z.array(z.string()),
  coverage: z.array(Coverage),
})
export type CorrelationAnswer = z.output<typeof CorrelationAnswer>

/** An incident that is over, as memory knows it. */
export const Resolved = z.object({
  fingerprint: z.string(),
  title: z.string(),
  rule: z.string(),
  root: ObjectRef,
  since: z.string().nullable(),
  sev: Sev,
  priority: Priority,
  service: z.string().nullable(),
})
export type Resolved = z.output<typeof Resolved>

export const AssessmentAnswer = z.object({
  assessments: z.array(Assessment),
  resolved: z.array(Resolved),
  warnings: z.array(z.string()),
})
export type AssessmentAnswer = z.output<typeof AssessmentAnswer>

/** One page of it: the milder assessments follow with `nextCursor`. */
export const AssessmentPage = AssessmentAnswer.extend({ nextCursor: z.int().nullable() })

export const DeliveryAnswer = z.object(Delivery.shape)

/** A digest's delivery, with the incidents that are told by it. */
export const DigestAnswer = z.object({ ...Delivery.shape, told: z.array(z.string()) })
