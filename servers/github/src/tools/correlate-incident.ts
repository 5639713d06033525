import { takeWithin } from '@kubevigil/core/budget'
import { Management, Rollout, Suspect } from '@kubevigil/core/change'
import { correlate, thresholds, type CandidateChange, type CorrelatedIncident } from '@kubevigil/core/correlate'
import type { ObjectRef } from '@kubevigil/core/incident'
import { Coverage } from '@kubevigil/core/observe'
import { serviceOf, type ServiceCatalog } from '@kubevigil/core/policy'
import { rollbackAdvice } from '@kubevigil/core/rollback'
import { toInstant, toMillis } from '@kubevigil/core/time'
import { z } from 'zod'
import { defineTool, handedOn, parameters } from '../context.ts'
import { checksSource, readChecks } from '../correlate/checks.ts'
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
  title: 'Correlate incident',
  description:
    'Ranks the commits that can be behind an incident: score, reasons, what would disprove it, how to roll back. ' +
    'Verdict none only after every source answered; incomplete says in coverage what is missing.',
  effect: 'read',
  input: z.strictObject({
    kind: z.string().max(128).describe("The workload's kind"),
    namespace: z.string().max(128).describe('Its namespace'),
    name: z.string().max(512).describe('Its name'),
    rule: z.string().max(128).describe('Rule of the incident'),
    onset: parameters.instant.optional().describe('since of the incident; absent: unknown'),
    spreadNamespaces: z.int().min(1).max(100_000).default(1).describe('Namespaces failing at once'),
    nodeWide: z.boolean().default(false).describe('A whole node fails'),
    knownBefore: z.boolean().default(false).describe('The same failure was there before'),
    management: handedOn(Management).describe('From list_rollouts, unchanged'),
    rollouts: z.array(handedOn(Rollout)).max(20).describe('From list_rollouts, newest first'),
    repository: parameters.repository.optional().describe('When live objects and services file do not say'),
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
  async run(args, { allow, client, catalog, now, repositories }, { signal }) {
    const { kind, namespace, name, management, rollouts, rule } = args
    const workload: ObjectRef = { kind, namespace, name }
    const onset = Math.min(toMillis(args.onset) ?? now(), now())
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
      isOpen === true ? await gatherCandidates(target, { rollouts, onset, repositories }, inquiry) : []
    const incident: CorrelatedIncident = {
      onset: args.onset === undefined ? '' : toInstant(onset),
      rule,
      workload,
      spread: { namespaces: args.spreadNamespaces, nodeWide: args.nodeWide },
      rollouts,
      management: home,
      knownBefore: args.knownBefore,
      slowStart: slowStartOf(catalog, workload),
    }
    const first = correlate(incident, candidates, now())
    const ranked = correlate(incident, await readChecks(candidates, first, inquiry), now())
    const { kept: suspects } = takeWithin(ranked.slice(0, suspectBounds.count).map(bound), suspectBounds.characters)
    const likely = suspects.find(({ score }) => score >= thresholds.medium)
    const complete = inquiry.coverage.every(
      ({ source, status }) => source === checksSource || status === 'ok' || status === 'absent',
    )
    const unfound = isOpen === true && complete ? 'none' : 'incomplete'
    const verdict: z.output<typeof Verdict> = likely === undefined ? unfound : 'found'
    return {
      verdict,
      suspects,
      rollback: rollbackAdvice(workload, home, revertible(home, suspects), rollouts),
      searched: {
        repositories: isOpen === true ? searchedIn(target.repository, candidates) : [],
        path: target.path,
        from: toInstant(onset - lookBack),
        to: toInstant(onset),
        calls: inquiry.session.calls,
      },
      coverage: inquiry.coverage,
    }
  },
})

/**
 * The likely suspect that rolling back is about. Where Git is what rolls back, it is one of the manifests' repository: taking a
 * commit of the application back changes nothing there.
 */
function revertible({ tool, repository }: Management, suspects: readonly Suspect[]): Suspect | undefined {
  const isByGit = tool === 'argocd' || tool === 'flux'
  return suspects.find(
    (suspect) => suspect.score >= thresholds.medium && (!isByGit || suspect.repository === repository),
  )
}

function searchedIn(repository: string, candidates: readonly CandidateChange[]): string[] {
  return [...new Set([repository, ...candidates.map((candidate) => candidate.repository)])]
}

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
