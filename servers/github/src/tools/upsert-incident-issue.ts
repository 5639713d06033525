import { createHash } from 'node:crypto'
import { Coverage } from '@kubevigil/core/observe'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { openInquiry } from '../correlate/inquiry.ts'
import type { OwnIssue } from '../github/issues.ts'
import { outgoing } from '../github/outgoing.ts'
import { decide, type Action } from '../issue/decide.ts'
import { closeYounger, findIssues, type Kept, type Place } from '../issue/find.ts'
import { changeIssue, openIssue, type Wanted } from '../issue/write.ts'
import { howToAllow } from './open-change-pr.ts'

const outcomes = ['opened', 'updated', 'unchanged', 'closed', 'reopened', 'left-closed', 'none'] as const
const outcomeOf: Record<Action, (typeof outcomes)[number]> = {
  open: 'opened',
  update: 'updated',
  close: 'closed',
  'note-end': 'closed',
  reopen: 'reopened',
  leave: 'left-closed',
  none: 'unchanged',
}

export const upsertIncidentIssue = defineTool({
  name: 'upsert_incident_issue',
  title: 'Upsert incident issue',
  description:
    'Keeps the one issue of an incident: opens, updates, comments, closes when resolved, reopens when it is back.',
  effect: 'write',
  input: z.strictObject({
    repository: parameters.repository,
    fingerprint: z
      .string()
      .max(64)
      .refine((text) => /^[\w.:-]{4,}$/.test(text), 'is no fingerprint')
      .describe('Of the incident'),
    title: z.string().min(1).max(300).describe('Issue title'),
    body: z.string().max(16_000).default('').describe('Markdown'),
    resolved: z.boolean().default(false).describe('It is over'),
  }),
  output: z.strictObject({
    outcome: z.enum(outcomes),
    written: z.boolean().describe('False: outcome is what would be done'),
    number: z.int().nullable(),
    url: z.string(),
    notes: z.array(z.string()),
    coverage: z.array(Coverage),
  }),
  deadlineMs: 55_000,
  async run({ repository, fingerprint, title, body, resolved }, { allow, allowWrites, client, queue }, { signal }) {
    allow(repository)
    const { session, note, coverage } = openInquiry(client, { signal, calls: 0 })
    const place: Place = { client, repository, session }
    const [line, text] = [outgoing(title, 250).replace(/\s+/g, ' '), outgoing(body, 20_000)]
    const wanted: Wanted = { fingerprint, title: line, text, digest: digestOf(line, text) }
    return queue(`${repository.toLowerCase()} ${fingerprint}`, async () => {
      const { found, complete } = await findIssues(place, fingerprint)
      const detail = complete ? '' : 'Older closed issues were not looked at.'
      note({ source: 'issues', status: complete ? 'ok' : 'partial', detail })
      const [kept] = found
      const action = decide(kept && { isOpen: kept.issue.isOpen, mark: kept.mark }, { ...wanted, resolved })
      const isWrite = action !== 'none' && action !== 'leave'
      const notes = [
        ...(isWrite && !allowWrites ? [howToAllow] : []),
        ...(action === 'leave' ? [leftClosed(kept!)] : []),
      ]
      if (allowWrites) await closeYounger(place, found)
      const issue = isWrite && allowWrites ? await act(place, action, kept, wanted) : kept?.issue
      return {
        outcome: kept === undefined && action === 'none' ? ('none' as const) : outcomeOf[action],
        written: isWrite && allowWrites,
        number: issue?.number ?? null,
        url: issue?.url ?? '',
        notes,
        coverage,
      }
    })
  },
})

/** Does what was decided. */
async function act(place: Place, action: Action, kept: Kept | undefined, wanted: Wanted): Promise<OwnIssue> {
  if (kept === undefined) return openIssue(place, wanted)
  const { title, text, digest } = wanted
  const news = text.slice(0, 2000)
  switch (action) {
    case 'close':
    case 'note-end': {
      const comment = action === 'close' ? `Resolved.\n\n${news}`.trim() : ''
      const end = action === 'close' ? ({ state: 'closed', state_reason: 'completed' } as const) : {}
      return changeIssue(place, kept, { comment, mark: { state: 'resolved' }, ...end })
    }
    case 'reopen': {
      const comment = `It is back.\n\n${news}`.trim()
      const state = { state: 'open', state_reason: 'reopened' } as const
      return changeIssue(place, kept, { comment, title, text, mark: { state: 'open', digest }, ...state })
    }
    default:
      return changeIssue(place, kept, {
        comment: `It changed: ${title}\n\n${news}`.trim(),
        title,
        text,
        mark: { state: 'open', digest },
      })
  }
}

function leftClosed({ issue }: Kept): string {
  return `#${issue.number} was closed by a person while the incident lasts; it is opened again when the incident was over and comes back.`
}

function digestOf(title: string, text: string): string {
  return createHash('sha256').update(`${title}\n${text}`).digest('hex').slice(0, 12)
}
