import type { Management, Rollout, Suspect } from '../change.ts'
import { commitOf, syncName } from '../correlate/anchor.ts'
import { tidyPath } from '../correlate/paths.ts'
import { type Case, branchOf, safe } from './case.ts'

/** The lines that revert the suspected commit, or find what to revert. */
export function revertInGit(of: Case): string[] {
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

/** What to do in Git when the cluster is rolled back by hand: otherwise the next apply brings the fault again. */
export function keepInGit({ suspect, management }: Case): string[] {
  if (suspect === undefined) return []
  const sha = safe(suspect.sha, '<commit>')
  const where = safe(suspect.repository === '' ? management.repository : suspect.repository, 'the repository')
  return [
    `Then revert it where it came from, or the next deployment brings it again: \`git revert --no-edit ${sha}\` in ${where}.`,
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
