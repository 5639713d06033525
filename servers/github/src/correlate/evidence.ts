import type { Rollout } from '@kubevigil/core/change'
import {
  applicationRoot,
  changeFacts,
  commitOf,
  isCosmetic,
  isDocumentation,
  sameCommit,
  syncName,
  type CandidateChange,
} from '@kubevigil/core/correlate'
import { day, minute, toInstant, toMillis } from '@kubevigil/core/time'
import {
  compareRevisions,
  getCommit,
  listCommits,
  listMergedPulls,
  listPullsOfCommit,
  type Commit,
  type CommitDetail,
  type MergedPull,
} from '../github/commits.ts'
import type { GitHubError } from '../github/errors.ts'
import { inParallel, type Inquiry } from './inquiry.ts'
import type { Target } from './target.ts'

/** Bounds of one correlation, so that it costs the same whatever the repository's size. */
const limits = {
  /** GitOps rollouts whose range is compared, newest first. */
  syncs: 3,
  /** Commits listed for a folder. */
  listed: 50,
  /** Commits read with their patches. */
  details: 15,
  /** Commits whose pull request is looked up. */
  pulls: 5,
}

/** How far back changes are looked for. */
export const lookBack = day

/** Argo CD notes a sync's end: one that ended shortly after the onset can have brought the failure. */
const syncGrace = 5 * minute

/** A commit on its way to being a candidate. */
interface Lead {
  commit?: Commit
  sha: string
  containedIn: string[]
  listedFor?: string
  mergedAt?: string
}

/**
 * Collects the commits that can be behind an incident, in the order of how telling they are: those between the revisions that
 * Argo CD or Flux applied, those of the workload's folder in the day before the onset, and pull requests merged in that day.
 * What could not be read stands in the inquiry's coverage.
 */
export async function gatherCandidates(
  { repository, path, branch }: Target,
  { rollouts, onset }: { rollouts: readonly Rollout[]; onset: number },
  inquiry: Inquiry,
): Promise<CandidateChange[]> {
  const window = { from: onset - lookBack, to: onset }
  const folder = path === '' || path === '.' ? '' : applicationRoot(path)
  const place = { repository, folder, branch }
  const leads = new Map<string, Lead>()
  for (const sync of syncsOf(rollouts, window)) await followSync(place, sync, leads, inquiry)
  await followFolder(place, window, leads, inquiry)
  const merges = await followMerges(place, window, leads, inquiry)
  const details = await readDetails(repository, [...leads.values()], inquiry)
  await datePulls(repository, details, merges, inquiry)
  return withoutMergeShells(details).map(({ lead, detail }) => toCandidate(repository, lead, detail))
}

interface Place {
  repository: string
  /** Empty for the whole repository. */
  folder: string
  branch: string
}

interface Window {
  from: number
  to: number
}

interface Read {
  lead: Lead
  detail: CommitDetail | undefined
}

/** GitOps rollouts that can have brought the failure, each revision once. */
function syncsOf(rollouts: readonly Rollout[], { from, to }: Window): Rollout[] {
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
async function followSync(
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
async function followFolder(
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
async function followMerges(
  { repository }: Place,
  { from, to }: Window,
  leads: Map<string, Lead>,
  { client, session, ask, note }: Inquiry,
): Promise<MergedPull[]> {
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

/** Reads the files of the first leads; leads come most telling first. */
async function readDetails(
  repository: string,
  leads: readonly Lead[],
  { client, session, ask, note }: Inquiry,
): Promise<Read[]> {
  const source = 'commit details'
  const chosen = leads.slice(0, limits.details)
  const read = await inParallel(chosen, async (lead) => ({
    lead,
    detail: await ask(source, () => getCommit(client, { repository, ref: lead.sha }, session)),
  }))
  const left = leads.length - chosen.length
  const complete = left === 0 && read.every(({ detail }) => detail?.complete ?? true)
  const detail = `${chosen.length} read${left === 0 ? '' : `, ${left} less telling ones not`}.`
  if (leads.length > 0) note({ source, status: complete ? 'ok' : 'partial', detail })
  return read.filter((entry) => entry.detail !== undefined || entry.lead.commit !== undefined)
}

/** Finds when a commit was merged, where no sync tells when it took effect. */
async function datePulls(
  repository: string,
  read: readonly Read[],
  merges: readonly MergedPull[],
  { client, session, ask }: Inquiry,
): Promise<void> {
  for (const { lead, detail } of read) {
    const number = (detail ?? lead.commit)?.pull
    const merge = merges.find((pull) => pull.number === number)
    if (merge !== undefined) lead.mergedAt ??= merge.mergedAt
  }
  const undated = read.filter(({ lead }) => lead.mergedAt === undefined && lead.containedIn.length === 0)
  await inParallel(undated.slice(0, limits.pulls), async ({ lead }) => {
    // Older servers do not have this question; the message has told the number then.
    const pulls = await ask(
      'pull requests',
      () => listPullsOfCommit(client, { repository, sha: lead.sha }, session),
      isUnknown,
    )
    const merged = pulls?.[0]?.mergedAt
    if (merged !== undefined) lead.mergedAt = merged
  })
}

/** GitHub answered that it does not know what it was asked for. */
function isUnknown({ failure }: GitHubError): boolean {
  return failure === 'not-found' || failure === 'invalid'
}

/** Leaves out a merge commit whose own commits are candidates: it would be the same change twice. */
function withoutMergeShells(read: readonly Read[]): Read[] {
  const known = new Set(read.map(({ lead, detail }) => detail?.sha ?? lead.sha))
  return read.filter(({ detail, lead }) => {
    const brought = (detail ?? lead.commit)?.parents.slice(1) ?? []
    return !brought.some((parent) => known.has(parent))
  })
}

function toCandidate(repository: string, lead: Lead, detail: CommitDetail | undefined): CandidateChange {
  const commit = (detail ?? lead.commit)!
  const files = detail?.files ?? []
  const code = files.filter(({ path }) => !isDocumentation([path]))
  return {
    repository,
    sha: commit.sha,
    url: commit.url,
    title: commit.title,
    author: commit.author,
    committedAt: commit.time,
    files: files.map(({ path }) => path),
    containedIn: lead.containedIn,
    cosmetic: code.length > 0 && code.every(({ patch }) => patch !== undefined && isCosmetic(patch)),
    ...(lead.mergedAt === undefined ? {} : { mergedAt: lead.mergedAt }),
    ...(lead.listedFor === undefined ? {} : { listedFor: lead.listedFor }),
    ...(detail === undefined ? {} : { facts: files.flatMap(({ path, patch }) => changeFacts(patch ?? '', path)) }),
  }
}
