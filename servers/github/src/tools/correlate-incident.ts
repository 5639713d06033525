import { takeWithin } from '@kubevigil/core/budget'
import { Management, Rollout, Suspect } from '@kubevigil/core/change'
import { correlate, thresholds, type CandidateChange } from '@kubevigil/core/correlate'
import type { ObjectRef } from '@kubevigil/core/incident'
import { Coverage } from '@kubevigil/core/observe'
import { serviceOf, type ServiceCatalog } from '@kubevigil/core/policy'
import { rollbackAdvice } from '@kubevigil/core/rollback'
import { toInstant, toMillis } from '@kubevigil/core/time'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { gatherCandidates, lookBack } from '../correlate/evidence.ts'
import { openInquiry } from '../correlate/inquiry.ts'
import { permit, resolveTarget } from '../correlate/target.ts'

/** Most suspects of an answer, and most characters of JSON they may take. */
const suspectBounds = { count: 5, characters: 11_000 }
/** Files of a suspect and characters of a path in an answer. */
const fileBounds = { count: 5, characters: 160 }

const Verdict = z.enum(['found', 'none', 'incomplete'])

export const correlateIncident = defineTool({
  name: 'correlate_incident',
  title: 'Correlate incident with changes',
  description:
    'Which commit is behind an incident: ranks those that reached the workload in the day before its onset, with score, reasons, what would disprove it, and how to roll back. ' +
    'Pass management and rollouts as list_rollouts answered them. verdict none only after every source answered; incomplete says in coverage what is missing.',
  effect: 'read',
  input: z.strictObject({
    kind: z.string().max(128).describe("The workload's kind"),
    namespace: z.string().max(128).describe('Its namespace; empty for cluster-scoped objects'),
    name: z.string().max(512).describe('Its name'),
    rule: z.string().max(128).describe('Rule of the incident, such as POD_OOM_KILLED'),
    onset: parameters.instant.describe('When it began, ISO 8601: since of the incident'),
    spreadNamespaces: z.int().min(1).max(100_000).default(1).describe('Namespaces failing at the same time'),
    nodeWide: z.boolean().default(false).describe('A whole node fails'),
    knownBefore: z.boolean().default(false).describe('The same failure was there before'),
    management: Management.describe('From list_rollouts'),
    rollouts: z.array(Rollout).max(20).describe('From list_rollouts, newest first'),
    repository: parameters.repository
      .optional()
      .describe('owner/name, for when neither live objects nor services file say it'),
    path: parameters.path.optional().describe('Folder of its manifests, likewise'),
  }),
  output: z.strictObject({
    verdict: Verdict.describe(
      'found: a suspect of medium or high confidence; none: every source answered and none is likely; incomplete: some did not answer',
    ),
    suspects: z.array(Suspect).describe('Most likely first; low ones are leads only'),
    rollback: z.array(z.string()).describe('Steps for a person; nothing was done'),
    searched: z.strictObject({
      repositories: z.array(z.string()),
      path: z.string(),
      from: z.string(),
      to: z.string(),
      calls: z.int().describe('Requests to GitHub'),
    }),
    coverage: z.array(Coverage),
  }),
  deadlineMs: 55_000,
  async run(args, { allow, client, catalog, now }, { signal }) {
    const { kind, namespace, name, management, rollouts, rule } = args
    const workload: ObjectRef = { kind, namespace, name }
    const onset = Math.min(toMillis(args.onset)!, now())
    const target = resolveTarget({ ...args, workload }, catalog, client.host)
    const inquiry = openInquiry(client, { signal, calls: 0 })
    const home = {
      ...management,
      repository: target.repository,
      path: target.path,
      branch: target.branch || management.branch,
    }

    const isOpen = await inquiry.ask(target.repository || 'repository', async () => permit(target, allow, inquiry.note))
    const candidates: CandidateChange[] =
      isOpen === true ? await gatherCandidates(target, { rollouts, onset }, inquiry) : []
    const ranked = correlate(
      {
        onset: toInstant(onset),
        rule,
        workload,
        spread: { namespaces: args.spreadNamespaces, nodeWide: args.nodeWide },
        rollouts,
        management: home,
        knownBefore: args.knownBefore,
        slowStart: slowStartOf(catalog, workload),
      },
      candidates,
      now(),
    )
    const { kept: suspects } = takeWithin(ranked.slice(0, suspectBounds.count).map(bound), suspectBounds.characters)
    const likely = suspects.find(({ score }) => score >= thresholds.medium)
    const complete = inquiry.coverage.every(({ status }) => status === 'ok' || status === 'absent')
    const unfound = isOpen === true && complete ? 'none' : 'incomplete'
    const verdict: z.output<typeof Verdict> = likely === undefined ? unfound : 'found'
    return {
      verdict,
      suspects,
      rollback: rollbackAdvice(workload, home, likely, rollouts),
      searched: {
        repositories: isOpen === true ? [target.repository] : [],
        path: target.path,
        from: toInstant(onset - lookBack),
        to: toInstant(onset),
        calls: inquiry.session.calls,
      },
      coverage: inquiry.coverage,
    }
  },
})

function slowStartOf(catalog: ServiceCatalog, workload: ObjectRef): number {
  const known = serviceOf(catalog, workload)?.known.find((behaviour) => behaviour.kind === 'slow-start')
  return known?.allow ?? 0
}

function bound(suspect: Suspect): Suspect {
  return {
    ...suspect,
    files: suspect.files.slice(0, fileBounds.count).map((file) => file.slice(0, fileBounds.characters)),
  }
}
