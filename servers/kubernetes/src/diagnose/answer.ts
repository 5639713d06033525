import { FailureEvent } from '@kubevigil/core/failure-events'
import { ObjectRef, Severity } from '@kubevigil/core/incident'
import { Coverage } from '@kubevigil/core/observe'
import { z } from 'zod'

const Reference = z.strictObject({
  kind: z.string(),
  name: z.string(),
  from: z.string().describe('Where the object names it'),
})

/** What diagnose_resource answers. */
export const Diagnosis = z.strictObject({
  cluster: z.string(),
  context: z.string(),
  takenAt: z.string(),
  object: ObjectRef,
  status: z
    .enum(['healthy', 'progressing', 'degraded', 'failing', 'unknown'])
    .describe(
      'progressing: not ready yet, as it may be; unknown: it could not be looked at, which never means healthy',
    ),
  summary: z.string(),
  about: z.strictObject({
    created: z.string(),
    age: z.string(),
    owners: z.array(z.string()).describe('Kind/namespace/name, nearest first'),
    replicas: z
      .strictObject({ desired: z.int(), ready: z.int(), updated: z.int().nullable(), available: z.int().nullable() })
      .nullable(),
    facts: z.array(z.string()),
  }),
  containers: z.array(
    z.strictObject({
      name: z.string(),
      image: z.string(),
      ready: z.boolean().nullable(),
      restarts: z.int().nullable(),
      state: z.string().describe('Empty for a template'),
      lastState: z.string().describe('How it last ended'),
      requests: z.string(),
      limits: z.string(),
    }),
  ),
  pods: z
    .strictObject({
      total: z.int(),
      ready: z.int(),
      groups: z.array(
        z.strictObject({
          state: z.string(),
          count: z.int(),
          ready: z.int(),
          restarts: z.int().describe('Most of one container'),
          detail: z.string(),
          examples: z.array(z.string()),
          nodes: z.array(z.string()),
        }),
      ),
    })
    .nullable()
    .describe('null when the pods could not be read'),
  findings: z.array(
    z.strictObject({
      rule: z.string(),
      severity: Severity,
      title: z.string(),
      since: z.string().nullable(),
      count: z.int(),
      evidence: z.array(z.string()),
      causes: z.array(z.string()),
    }),
  ),
  related: z
    .array(z.strictObject({ rule: z.string(), severity: Severity, title: z.string() }))
    .describe('Findings on its nodes, owners, what it waits for and what waits for it'),
  failureEvents: z.array(FailureEvent).describe('Ongoing ones first'),
  conditions: z
    .array(
      z.strictObject({
        type: z.string(),
        status: z.string(),
        reason: z.string(),
        message: z.string(),
        since: z.string(),
      }),
    )
    .describe('Only those that are bad'),
  references: z.strictObject({
    checked: z.int(),
    missing: z.array(Reference),
    unknown: z.array(Reference).describe('May not be read'),
  }),
  nextSteps: z.array(z.string()),
  coverage: z.array(Coverage),
  omitted: z.strictObject({ findings: z.int(), failureEvents: z.int(), podGroups: z.int() }),
})
