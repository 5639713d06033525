import { longestSilence, namesPerson } from '@kubevigil/core/decide/handling'
import { Sev } from '@kubevigil/core/policy'
import { redactDeep } from '@kubevigil/core/redact'
import { humanSpan, toInstant, toMillis } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import { defineTool, incidentKey, parameters } from '../context.ts'
import { findIncident } from '../recall/find-incident.ts'
import { handlingActions, type NewEvent } from '../store/handling.ts'
import type { StoredIncident } from '../store/incidents.ts'

const input = z.strictObject({
  fingerprint: incidentKey.fingerprint.unwrap().describe('As other tools show it'),
  cluster: parameters.cluster.optional().describe('When several have it'),
  action: z.enum(handlingActions).describe('acknowledge holds until worse or over'),
  by: z.string().trim().min(2).max(80).describe('Name of that person'),
  note: z.string().max(1000).optional().describe('Their words'),
  until: z
    .string()
    .max(40)
    .refine((text) => toMillis(text) !== undefined, 'write it as ISO 8601')
    .optional()
    .describe('End of a silence, ISO 8601, at most 30 days off'),
})

export const updateIncident = defineTool({
  name: 'update_incident',
  title: 'Update incident',
  description:
    'Notes what a person said of an incident, at their request. Stops messages; never lowers a SEV, approves nothing.',
  effect: 'write',
  input,
  output: z.strictObject({
    id: z.int(),
    fingerprint: z.string(),
    cluster: z.string(),
    state: z.enum(['open', 'resolved']),
    sev: Sev,
    acknowledgedBy: z.string().nullable(),
    silencedBy: z.string().nullable(),
    silencedUntil: z.string().nullable(),
  }),
  async run(args, { memory, now }) {
    const at = now()
    const { fingerprint, cluster, action, by, note = '', until } = redactDeep(args) as z.output<typeof input>
    const end = action === 'silence' ? silenceEnd(until, at) : null
    if (action === 'note' && note.trim() === '')
      throw new UserError('note-empty', 'A note needs a text.', 'Give it as note.')
    const { id } = await findIncident(memory, { fingerprint, cluster })
    const event: NewEvent = { action, by, note, until: end }
    const { resolvedAt, sev, handling, ...kept } = await memory.handle(id, event, at, (incident) =>
      refuse(incident, event),
    )
    return {
      id,
      fingerprint: kept.fingerprint,
      cluster: kept.cluster,
      state: resolvedAt === null ? ('open' as const) : ('resolved' as const),
      sev,
      acknowledgedBy: handling.acknowledgement?.by ?? null,
      silencedBy: handling.silence?.by ?? null,
      silencedUntil: handling.silence?.until ?? null,
    }
  },
})

/** @throws UserError when a silence has no end, or one that is past or too far */
function silenceEnd(until: string | undefined, now: number): string {
  const end = toMillis(until)
  if (end === undefined)
    throw new UserError('silence-endless', 'A silence needs an end.', 'Give it as until, in ISO 8601.')
  if (end <= now) throw new UserError('silence-past', 'A silence cannot end in the past.', 'Give a later until.')
  if (end - now > longestSilence)
    throw new UserError(
      'silence-long',
      `A silence lasts at most ${humanSpan(longestSilence)}.`,
      `The latest until is ${toInstant(now + longestSilence)}.`,
    )
  return toInstant(end)
}

/** @throws UserError when the incident is not in a state for what was said */
function refuse({ sev, resolvedAt }: StoredIncident, { action, by }: NewEvent): void {
  if (resolvedAt !== null && (action === 'acknowledge' || action === 'resolve'))
    throw new UserError('incident-resolved', `It was resolved at ${resolvedAt}.`, 'There is nothing to do about it.')
  if (action === 'silence' && sev === 'SEV-1' && !namesPerson(by))
    throw new UserError(
      'silence-nameless',
      `A SEV-1 is silenced only by a named person, and "${by}" names none.`,
      'Ask who wants it, and give that name as by.',
    )
}
