import type { Rollout } from '@kubevigil/core/change'
import { commitOf, sameCommit, syncName } from '@kubevigil/core/correlate'
import { minute, toInstant, toMillis } from '@kubevigil/core/time'
import { compareRevisions, listCommits, type Commit } from '../github/commits.ts'
import { isUnknown, type GitHubError } from '../github/errors.ts'
import { listMergedPulls, type Pull } from '../github/pulls.ts'
import type { Inquiry } from './inquiry.ts'

/** GitOps rollouts whose range is compared, and commits listed for a folder. */
const limits = { syncs: 3, listed: 50 }

/** Argo CD notes a sync's end: one that ended shortly after the onset can have brought the failure. */
const syncGrace = 5 * minute

/** A commit on its way to being a candidate. */
export interface Lead {
  commit?: Commit
  sha: string
  containedIn: string[]
  listedFor?: string
  mergedAt?: string
}

/** Where to look. */
export interface Place {
  repository: string
  /** Empty for the whole repository. */
  folder: string
  branch: string
}

/** When, in milliseconds since the epoch. */
export interface Window {
  from: number
  to: number
}

/** GitOps rollouts that can have brought the failure, each revision once. */
export function syncsOf(rollouts: readonly Rollout[], { from, to }: Window): Rollout[] {
  const syncs = rollouts
    .filter((rollout) => syncName(rollout) !== undefined)
    .map((rollout) => ({ rollout, time: toMillis(rollout.time) ?? -Infinity }))
    .filter(({ time }) => time >= from && time <= to + syncGrace)
    .sort((a, b) => b.time - a.time)
    .map(({ rollout }) => rollout)
  return syncs
    .filter(({ revision }, index) => syncs.findIndex((other) => other.revision === revision) === index)
    .slice(0, limits.syncs)
}

/** The commits that a sync brought: between what ran and what it applied, in the folder. */
export async function followSync(
  { repository, folder }: Place,
  sync: Rollout,
  leads: Map<string, Lead>,
  { client, session, ask, note }: Inquiry,
): Promise<void> {
  const source = `${syncName(sync)!} revision ${sync.revision.slice(0, 60)}`
  const [head, base] = [commitOf(sync.revision), commitOf(sync.previousRevision)]
  const instead = 'looked at the commits of the folder instead'
  if (head === undefined) return note({ source, status: 'absent', detail: `It is no commit: ${instead}.` })
  if (base === undefined || sameCommit(base, head)) {
    addLead(leads, { sha: head, containedIn: [] })
    return note({ source, status: 'ok', detail: `What it replaced is unknown: ${instead}.` })
  }
  let unknown: GitHubError | undefined
  const compared = await ask(
    source,
    () => compareRevisions(client, { repository, base, head }, session),
    (error) => {
      unknown = isUnknown(error) ? error : undefined
      return unknown !== undefined
    },
  )
  if (unknown !== undefined) {
    return note({ source, status: 'partial', detail: `GitHub does not know it or what it replaced: ${instead}.` })
  }
  if (compared === undefined) return
  const inFolder = await ask(source, () =>
    listCommits(client, { repository, path: folder, ref: head, limit: limits.listed }, session),
  )
  const listed = new Set(inFolder?.commits.map(({ sha }) => sha))
  const brought = compared.commits.filter(
    ({ sha }) => inFolder === undefined || listed.has(sha) || sameCommit(sha, head),
  )
  for (const commit of brought.reverse()) {
    addLead(leads, {
      sha: commit.sha,
      commit,
      containedIn: [sync.revision],
      ...(listed.has(commit.sha) ? { listedFor: folder } : {}),
    })
  }
  const detail = `${compared.commits.length} commits since ${base.slice(0, 7)}, ${brought.length} of them in question`
  note({
    source,
    status: compared.complete ? 'ok' : 'partial',
    detail: `${detail}${compared.complete ? '' : '; there are more'}.`,
  })
}

/** The commits of the folder in the time before the onset, and those of the Argo CD Application beside it. */
export async function followFolder(
  { repository, folder, branch }: Place,
  { from, to }: Window,
  leads: Map<string, Lead>,
  { client, session, ask, note }: Inquiry,
): Promise<void> {
  const source = 'commits'
  const query = { repository, since: toInstant(from), until: toInstant(to), limit: limits.listed }
  let gone = false
  const onBranch = await ask(
    source,
    () => listCommits(client, { ...query, path: folder, ref: branch }, session),
    (error) => (gone = branch !== '' && isUnknown(error)),
  )
  const found = gone ? await ask(source, () => listCommits(client, { ...query, path: folder }, session)) : onBranch
  const beside =
    folder === ''
      ? undefined
      : await ask(source, () => listCommits(client, { ...query, path: `${folder}.yaml`, limit: 10 }, session))
  for (const commit of found?.commits ?? [])
    addLead(leads, { sha: commit.sha, commit, containedIn: [], listedFor: folder })
  for (const commit of beside?.commits ?? []) addLead(leads, { sha: commit.sha, commit, containedIn: [] })
  if (found === undefined) return
  const where = `${folder === '' ? 'the whole repository' : folder}${gone ? ` on the default branch, for there is no ${branch}` : ''}`
  const detail = `${found.commits.length} in ${where}${found.hasMore ? '; there are more' : ''}.`
  note({ source, status: found.hasMore || gone ? 'partial' : 'ok', detail })
}

/** Pull requests merged in the time: their merge commits, however old the commits they bring. */
export async function followMerges(
  { repository }: Place,
  { from, to }: Window,
  leads: Map<string, Lead>,
  { client, session, ask, note }: Inquiry,
): Promise<Pull[]> {
  const source = 'pull requests'
  const found = await ask(source, () => listMergedPulls(client, { repository, from, to }, session))
  if (found === undefined) return []
  for (const { mergeSha, mergedAt } of found.pulls) {
    if (mergeSha !== '') addLead(leads, { sha: mergeSha, containedIn: [], mergedAt })
  }
  const detail = `${found.pulls.length} merged in the time${found.complete ? '' : '; there may be more'}.`
  note({ source, status: found.complete ? 'ok' : 'partial', detail })
  return found.pulls
}

/** Adds what a lead knows to what is known of its commit. */
function addLead(leads: Map<string, Lead>, lead: Lead): void {
  const known = [...leads.values()].find(({ sha }) => sameCommit(sha, lead.sha))
  if (known === undefined) return void leads.set(lead.sha, lead)
  const containedIn = [...new Set([...known.containedIn, ...lead.containedIn])]
  Object.assign(known, { ...lead, ...known, containedIn })
}
