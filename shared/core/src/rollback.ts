import { clip } from './budget.ts'
import type { Management, Rollout, Suspect } from './change.ts'
import { commitOf, syncName } from './correlate/anchor.ts'
import { tidyPath } from './correlate/paths.ts'
import type { ObjectRef } from './incident.ts'
import { toMillis } from './time.ts'

/** Most lines of advice and characters of a line. */
const bounds = { lines: 8, characters: 500 }

/** Kinds `kubectl rollout` knows. */
const rollable = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/**
 * How to take a change back, by who applies the workload's manifests: in Git where something would put a manual change back,
 * by Helm or kubectl where that lasts. Gives text for a person, with exact commands; nothing is carried out.
 * @param suspect the change to take back; without one the advice says how to find the last good state
 * @param rollouts newest first, for the revision numbers
 * @returns at most 8 lines of at most 500 characters, in the order to do them
 */
export function rollbackAdvice(
  workload: ObjectRef,
  management: Management,
  suspect: Suspect | undefined,
  rollouts: readonly Rollout[],
): string[] {
  return tidy(advise({ workload, management, suspect, rollouts }).map(({ text }) => text))
}

/** Ways to take a change back. */
export const approaches = ['git-revert', 'helm-rollback', 'rollout-undo'] as const

/** The advice, sorted by what a person does with a line. */
export interface RollbackPlan {
  approach: (typeof approaches)[number]
  /** In the order to do them. */
  steps: string[]
  /** What happens then, and when. */
  expect: string[]
  verify: string[]
  /** Why this way and not another, and what to do when it cannot wait. */
  warnings: string[]
  /** Revisions in the cluster that are undone with it; empty for a revert in Git, which takes back one commit only. */
  undone: string[]
}

/** `rollbackAdvice` in its parts, with what to expect of the approach and which revisions go with it. Same arguments and bounds. */
export function rollbackPlan(
  workload: ObjectRef,
  management: Management,
  suspect: Suspect | undefined,
  rollouts: readonly Rollout[],
): RollbackPlan {
  const of = { workload, management, suspect, rollouts }
  const lines = advise(of)
  const part = (name: Part): string[] => tidy(lines.filter((line) => line.part === name).map(({ text }) => text))
  const approach = approachOf(of)
  return {
    approach,
    steps: part('step'),
    expect: [...part('expect'), ...expectedOf(approach)],
    verify: part('verify'),
    warnings: part('warning'),
    undone: tidy(undoneBy(of, approach)),
  }
}

function tidy(lines: readonly string[]): string[] {
  return lines
    .filter((line) => line !== '')
    .slice(0, bounds.lines)
    .map((line) => clip(line, bounds.characters))
}

type Part = 'step' | 'expect' | 'verify' | 'warning'

interface Line {
  part: Part
  text: string
}

function step(text: string): Line {
  return { part: 'step', text }
}

function expecting(text: string): Line {
  return { part: 'expect', text }
}

function verifying(text: string): Line {
  return { part: 'verify', text }
}

function warning(text: string): Line {
  return { part: 'warning', text }
}

interface Case {
  workload: ObjectRef
  management: Management
  suspect: Suspect | undefined
  rollouts: readonly Rollout[]
}

function advise(of: Case): Line[] {
  switch (of.management.tool) {
    case 'argocd':
      return inArgoCd(of)
    case 'flux':
      return inFlux(of)
    case 'helm':
      return byHelm(of)
    case 'none':
      return byHand(of)
  }
}

function inArgoCd(of: Case): Line[] {
  const { selfHeal, application } = of.management
  const name = safe(application, '<application>')
  const why = selfHeal
    ? `Roll back in Git: Argo CD keeps ${name} as Git says and would put ${undoOf(of)} back within seconds (self-heal).`
    : `Roll back in Git: Argo CD applies ${name} from Git, so ${undoOf(of)} only lasts until its next sync and leaves it OutOfSync.`
  return [
    warning(why),
    ...revertInGit(of).map(step),
    expecting(
      `After the merge wait up to 3 minutes for Argo CD to poll, or tell it at once: \`argocd app get ${name} --refresh\`.`,
    ),
    verifying(`Verify: \`argocd app wait ${name} --sync --health\`, then ${statusOf(of)}`),
    warning(
      `Only if it cannot wait: \`argocd app set ${name} --sync-policy none\`, then ${undoOf(of)}, then revert in Git and turn automated sync on again. An ApplicationSet puts the sync policy back: pause it there.`,
    ),
  ]
}

function inFlux(of: Case): Line[] {
  const [namespace, name] = split(of.management.application, 'flux-system')
  const when = of.management.selfHeal ? 'at its next reconciliation' : 'as soon as it is resumed (it is suspended now)'
  return [
    warning(`Roll back in Git: Flux applies ${namespace}/${name} from Git and puts ${undoOf(of)} back ${when}.`),
    ...revertInGit(of).map(step),
    expecting(
      `After the merge wait for the interval of the source and of the Kustomization, or tell Flux at once: \`flux reconcile kustomization ${name} -n ${namespace} --with-source\`.`,
    ),
    verifying(
      `Verify: \`flux get kustomization ${name} -n ${namespace}\` shows the new revision as applied, then ${statusOf(of)}`,
    ),
    warning(
      `Only if it cannot wait: \`flux suspend kustomization ${name} -n ${namespace}\`, then ${undoOf(of)}, then revert in Git and \`flux resume kustomization ${name} -n ${namespace}\`.`,
    ),
  ]
}

function byHelm(of: Case): Line[] {
  const [namespace, name] = split(of.management.application, of.workload.namespace)
  const revision = numberBefore(of, 'Helm')
  const release = `${name} ${revision ?? '<revision>'} -n ${namespace}`
  return [
    step(`Look at the releases first: \`helm history ${name} -n ${namespace}\`.`),
    step(
      `\`helm rollback ${release} --wait\`${revision === undefined ? ': take the last revision that worked.' : `: revision ${revision} is what the suspected one replaced.`}`,
    ),
    warning(`Not ${undoOf(of)}: Helm would not know of it and the next upgrade would undo it.`),
    verifying(`Verify: \`helm status ${name} -n ${namespace}\`, then ${statusOf(of)}`),
    ...keepInGit(of).map(step),
  ]
}

function byHand(of: Case): Line[] {
  const { workload } = of
  if (!rollable.has(workload.kind)) {
    return [
      step(
        `A ${safe(workload.kind, 'workload of this kind')} has no rollout to undo: apply its former manifest again.`,
      ),
      ...keepInGit(of).map(step),
    ]
  }
  const target = targetOf(workload)
  const revision = numberBefore(of, sourceOf(workload))
  const first =
    revision === undefined
      ? `Find the last revision that worked: \`kubectl rollout history ${target}\`.`
      : `See what revision ${revision} was, and that its image and its ConfigMaps and Secrets still exist: \`kubectl rollout history ${target} --revision=${revision}\`.`
  return [
    step(first),
    step(`\`kubectl rollout undo ${target} --to-revision=${revision ?? '<revision>'}\``),
    verifying(`Verify: ${statusOf(of)}`),
    ...keepInGit(of).map(step),
  ]
}

/** The lines that revert the suspected commit, or find what to revert. */
function revertInGit(of: Case): string[] {
  const { management, suspect } = of
  const branch = branchOf(management)
  const path = safe(tidyPath(management.path), '.')
  if (suspect === undefined) return [findInGit(of.rollouts, branch, path)]
  const sha = safe(suspect.sha, '<commit>')
  const work = `revert-${sha.slice(0, 7)}`
  return [
    `See what would be taken back: \`git show --stat ${sha}\`. Other folders than ${path} in it are reverted too.`,
    `\`git fetch origin && git switch -c ${work} origin/${branch} && git revert --no-edit ${sha} && git push -u origin ${work}\` (for a merge commit \`git revert --no-edit -m 1 ${sha}\`).`,
    pullRequestHint(suspect, management, branch, work),
  ]
}

function findInGit(rollouts: readonly Rollout[], branch: string, path: string): string {
  const sync = rollouts.find((rollout) => syncName(rollout) !== undefined)
  const [from, to] = [commitOf(sync?.previousRevision ?? ''), commitOf(sync?.revision ?? '')]
  const range = from !== undefined && to !== undefined && from !== to ? `${from}..${to}` : `-10 origin/${branch}`
  return `No change is suspected clearly. See what came last: \`git log -p ${range} -- ${path}\`, and revert the commit that does not belong with \`git revert --no-edit <commit>\` in a pull request.`
}

function pullRequestHint(suspect: Suspect, management: Management, branch: string, work: string): string {
  const site = /^(https?:\/\/[\w.:-]+)\/[\w.-]+\/[\w.-]+\/commit\//.exec(suspect.url)?.[1]
  const repository = safe(suspect.repository === '' ? management.repository : suspect.repository, '')
  if (site === undefined || repository === '')
    return 'Open a pull request from that branch and have it reviewed and merged.'
  const range = branch === 'HEAD' ? work : `${branch}...${work}`
  return `Open the pull request and have it merged: ${site}/${repository}/compare/${range}?expand=1`
}

/** What to do in Git when the cluster is rolled back by hand: otherwise the next apply brings the fault again. */
function keepInGit({ suspect, management }: Case): string[] {
  if (suspect === undefined) return []
  const sha = safe(suspect.sha, '<commit>')
  const where = safe(suspect.repository === '' ? management.repository : suspect.repository, 'the repository')
  return [
    `Then revert it where it came from, or the next deployment brings it again: \`git revert --no-edit ${sha}\` in ${where}.`,
  ]
}

function approachOf({ management, workload }: Case): RollbackPlan['approach'] {
  if (management.tool === 'helm') return 'helm-rollback'
  return management.tool === 'none' && rollable.has(workload.kind) ? 'rollout-undo' : 'git-revert'
}

function expectedOf(approach: RollbackPlan['approach']): string[] {
  switch (approach) {
    case 'git-revert':
      return ['The pods are replaced by the rollout that the revert starts, and the workload gets a new revision.']
    case 'helm-rollback':
      return [
        'Helm adds a new release revision and with --wait returns when the pods are ready, after 5 minutes at most.',
      ]
    case 'rollout-undo':
      return [
        'The pods are replaced at once, as the update strategy says, and the former template gets a new revision.',
      ]
  }
}

/** The revisions in the cluster that going back undoes: that of the change, and all that came after it. */
function undoneBy(of: Case, approach: RollbackPlan['approach']): string[] {
  if (approach === 'git-revert') return []
  const source = approach === 'helm-rollback' ? 'Helm' : sourceOf(of.workload)
  const from = toMillis(rolloutOf(of, source)?.time) ?? Infinity
  return of.rollouts
    .filter((rollout) => rollout.source === source && (toMillis(rollout.time) ?? -Infinity) >= from)
    .map(({ revision, time, changes }) => `Revision ${revision} of ${time}: ${changes.join('; ') || 'changes unknown'}`)
}

function sourceOf({ kind }: ObjectRef): Rollout['source'] {
  return kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision'
}

/** The revision number that ran before the suspected change, or before the newest one. */
function numberBefore(of: Case, source: Rollout['source']): string | undefined {
  const previous = rolloutOf(of, source)?.previousRevision ?? ''
  return /^\d{1,9}$/.test(previous) ? previous : undefined
}

/** The rollout to take back: the one of the suspected change, else the newest. */
function rolloutOf({ suspect, rollouts }: Case, source: Rollout['source']): Rollout | undefined {
  const own = rollouts.filter((rollout) => rollout.source === source)
  const at = toMillis(suspect?.anchor.time)
  // The rollout the suspect took effect with: that very one, else the first after it.
  const after = own.filter((rollout) => at !== undefined && (toMillis(rollout.time) ?? -Infinity) >= at)
  return after.sort((a, b) => a.time.localeCompare(b.time, 'en'))[0] ?? own[0]
}

function undoOf({ workload }: Case): string {
  return rollable.has(workload.kind) ? `\`kubectl rollout undo ${targetOf(workload)}\`` : 'a change by hand'
}

function statusOf({ workload }: Case): string {
  if (rollable.has(workload.kind)) return `\`kubectl rollout status ${targetOf(workload)} --timeout=5m\`.`
  return `\`kubectl get pods -n ${safe(workload.namespace, '<namespace>')}\`.`
}

function targetOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind.toLowerCase()}/${safe(name, '<name>')} -n ${safe(namespace, '<namespace>')}`
}

/** The branch to work from; `HEAD` is the remote's default one. */
function branchOf({ branch }: Management): string {
  return ['', 'HEAD'].includes(branch) || commitOf(branch) !== undefined ? 'HEAD' : safe(branch, '<branch>')
}

function split(application: string, namespace: string): [string, string] {
  const parts = application.split('/')
  return [safe(parts.length > 1 ? parts[0]! : namespace, '<namespace>'), safe(parts.at(-1)!, '<name>')]
}

/** Lets through what can stand in a command line as it is; names from outside could hold anything else. */
function safe(text: string, placeholder: string): string {
  return /^[\w./@:][\w./@:+-]*$/.test(text) ? text : placeholder
}
