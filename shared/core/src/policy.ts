import { z } from 'zod'
import { MetricQueries } from './metric-query.ts'
import { Clock, TimeZone, Weekday } from './policy/calendar.ts'
import { MaintenanceWindow } from './policy/maintenance.ts'
import { Selector, selects } from './policy/selector.ts'
import { Span } from './policy/span.ts'
import { Cadence, Escalation, Storm } from './policy/telling.ts'
import { day, hour, minute } from './time.ts'

export { Selector, selects } from './policy/selector.ts'

/** P0 business critical, P1 what P0 stands on, P2 and P3 support. */
export const Priority = z.enum(['P0', 'P1', 'P2', 'P3'])
export type Priority = z.output<typeof Priority>

/** Downtime a priority tolerates when its service does not say, in milliseconds: 0, 15 minutes, 4 hours, 2 days. */
export const defaultTolerance: Record<Priority, number> = { P0: 0, P1: 15 * minute, P2: 4 * hour, P3: 2 * day }

/** Behaviour that looks like failure and is none. */
export const KnownBehaviour = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('slow-start'),
    allow: Span.describe('How long a start may take; a slower one is an incident after all'),
    note: z.string().default(''),
  }),
  z.strictObject({
    kind: z.literal('manual-unseal'),
    allow: Span.prefault('4h').describe('How long it may wait for a person; longer is an incident after all'),
    note: z.string().default(''),
  }),
  z.strictObject({ kind: z.literal('single-replica'), note: z.string().default('') }),
])
export type KnownBehaviour = z.output<typeof KnownBehaviour>

export const Service = z.strictObject({
  name: z.string().min(1),
  priority: Priority,
  maxDowntime: Span.optional().describe('Tolerated downtime; the default of the priority when absent'),
  impact: z.string().default('').describe('What users notice when it is down, in their words'),
  layer: z.enum(['data', 'ingress']).optional().describe('Losing a data layer or the ingress is always SEV-1'),
  selectors: z.array(Selector).min(1),
  dependsOn: z.array(z.string()).default([]).describe('Names of services it cannot work without'),
  repository: z
    .strictObject({
      name: z.string().regex(/^[^/\s]+\/[^/\s]+$/, 'write it as owner/name'),
      path: z.string().default(''),
      branch: z.string().default(''),
    })
    .optional()
    .describe('Where its manifests live, for when the live objects do not say'),
  owners: z.array(z.string()).default([]).describe('Who decides about it'),
  known: z.array(KnownBehaviour).default([]),
})
export type Service = z.output<typeof Service>

/** The operator's service catalog: the file KUBEVIGIL_SERVICES names. */
export const ServiceCatalog = z
  .strictObject({ services: z.array(Service).default([]) })
  .superRefine((catalog, context) => {
    const names = new Set(catalog.services.map((service) => service.name))
    if (names.size < catalog.services.length)
      context.addIssue({ code: 'custom', path: ['services'], message: 'two services have the same name' })
    for (const [index, service] of catalog.services.entries()) {
      for (const other of service.dependsOn.filter((name) => !names.has(name))) {
        context.addIssue({
          code: 'custom',
          path: ['services', index, 'dependsOn'],
          message: `there is no service "${other}" in this file`,
        })
      }
    }
  })
export type ServiceCatalog = z.output<typeof ServiceCatalog>

/** How the operator wants to be told: the file KUBEVIGIL_POLICY names. Every field has a default. */
export const Policy = z.strictObject({
  channels: z
    .strictObject({
      'SEV-1': z.string().default('#critical-alerts'),
      'SEV-2': z.string().default('#infrastructure-alerts'),
      'SEV-3': z.string().default('#infrastructure-alerts'),
    })
    .prefault({}),
  businessHours: z
    .strictObject({
      timeZone: TimeZone.default('UTC'),
      from: Clock.default('09:00'),
      to: Clock.default('17:00'),
      days: z.array(Weekday).default(['mon', 'tue', 'wed', 'thu', 'fri']),
      holidays: z.array(z.iso.date()).default([]),
    })
    .prefault({}),
  cadence: Cadence.prefault({}),
  escalation: Escalation.prefault({}),
  storm: Storm.prefault({}),
  maintenance: z.array(MaintenanceWindow).max(100).default([]),
  /** Priority of what the catalog does not name. */
  unlistedPriority: Priority.optional().describe(
    'Priority of workloads the catalog does not name: P2, or P1 when there is no catalog',
  ),
  metricQueries: MetricQueries.describe('PromQL that get_resource_usage answers by name'),
})
export type Policy = z.output<typeof Policy>

export const Sev = z.enum(['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4'])
export type Sev = z.output<typeof Sev>

/** The first service that selects the object, in file order. */
export function serviceOf(
  catalog: ServiceCatalog,
  ref: { kind: string; namespace: string; name: string },
): Service | undefined {
  return catalog.services.find((service) => service.selectors.some((selector) => selects(selector, ref)))
}
