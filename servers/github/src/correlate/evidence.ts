import type { Rollout } from '@kubevigil/core/change'
import {
  applicationRoot,
  changeFacts,
  isCosmetic,
  isDocumentation,
  type CandidateChange,
} from '@kubevigil/core/correlate'
import { day } from '@kubevigil/core/time'
import { getCommit, type CommitDetail } from '../github/commits.ts'
import { isUnknown } from '../github/errors.ts'
import { listPullsOfCommit, type Pull } from '../github/pulls.ts'
import { followImages } from './images.ts'
import { inParallel, type Inquiry } from './inquiry.ts'
import { followFolder, followMerges, followSync, syncsOf, type Lead } from './leads.ts'
import type { Target } from './target.ts'

/** Commits read with their patches, and commits whose pull request is looked up. */
const limits = { details: 15, pulls: 5 }

/** How far back changes are looked for. */
export const lookBack = day

/**
 * Collects the commits that can be behind an incident, in the order of how telling they are: those between the revisions that
 * Argo CD or Flux applied, those of the workload's folder in the day before the onset, pull requests merged in that day, and
 * those that a new image was built from.
 * What could not be read stands in the inquiry's coverage.
 */
export async function gatherCandidates(
  { repository, path, branch }: Target,
  { rollouts, onset, repositories }: { rollouts: readonly Rollout[]; onset: number; repositories: readonly string[] },
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
  const own = withoutMergeShells(details).map(({ lead, detail }) => toCandidate(repository, lead, detail))
  const built = await followImages(rollouts, window, repositories, inquiry)
  const known = new Set(own.map(({ sha }) => sha))
  return [...own, ...built.filter(({ sha }) => !known.has(sha))]
}

interface Read {
  lead: Lead
  detail: CommitDetail | undefined
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
  merges: readonly Pull[],
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
    const merged = pulls?.find(({ mergedAt }) => mergedAt !== '')?.mergedAt
    if (merged !== undefined) lead.mergedAt = merged
  })
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
    ...(commit.reverts === undefined ? {} : { reverts: commit.reverts }),
    ...(lead.mergedAt === undefined ? {} : { mergedAt: lead.mergedAt }),
    ...(lead.listedFor === undefined ? {} : { listedFor: lead.listedFor }),
    ...(detail === undefined ? {} : { facts: files.flatMap(({ path, patch }) => changeFacts(patch ?? '', path)) }),
  }
}
