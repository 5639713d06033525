import type { Rollout } from '@kubevigil/core/change'
import {
  imageChanges,
  isDocumentation,
  readImage,
  type CandidateChange,
  type ImageChange,
} from '@kubevigil/core/correlate'
import { toMillis } from '@kubevigil/core/time'
import { compareRevisions, getCommit, type Commit } from '../github/commits.ts'
import { isUnknown } from '../github/errors.ts'
import { inParallel, type Inquiry } from './inquiry.ts'
import type { Window } from './leads.ts'

/** Images that are followed to their source, and commits of each that are read. */
const limits = { images: 2, commits: 4 }

/**
 * Follows the images that rollouts brought to the commits they were built from, where a tag names a commit or a release and an
 * allowed repository is known to build the image: that of its name (`ghcr.io/acme/shop` from acme/shop), else one called alike.
 * @param repositories all that may be read
 */
export async function followImages(
  rollouts: readonly Rollout[],
  { from, to }: Window,
  repositories: readonly string[],
  inquiry: Inquiry,
): Promise<CandidateChange[]> {
  const brought = rollouts
    .filter(({ time }) => (toMillis(time) ?? -Infinity) >= from && (toMillis(time) ?? Infinity) <= to)
    .flatMap(imageChanges)
  const images = brought.filter(({ after }, at) => brought.findIndex((one) => one.after === after) === at)
  const found: CandidateChange[] = []
  for (const image of images.slice(0, limits.images)) found.push(...(await followImage(image, repositories, inquiry)))
  return found
}

async function followImage(
  { before, after }: ImageChange,
  repositories: readonly string[],
  inquiry: Inquiry,
): Promise<CandidateChange[]> {
  const { client, session, ask, note } = inquiry
  const source = `image ${after.slice(0, 120)}`
  const next = readImage(after)
  const last = before === undefined ? undefined : readImage(before)
  const repository = sourceOf(next.path, repositories)
  if (next.revision === undefined || repository === undefined) {
    const why =
      next.revision === undefined
        ? 'Its tag names no commit and no release.'
        : 'No allowed repository is known to build it.'
    note({ source, status: 'absent', detail: why })
    return []
  }
  const base = last?.path === next.path ? last.revision : undefined
  const commits = await commitsOf(repository, { source, base, head: next.revision }, inquiry)
  if (commits === undefined) return []
  const details = await inParallel(commits.list.slice(0, limits.commits), (commit) =>
    ask(source, () => getCommit(client, { repository, ref: commit.sha }, session)),
  )
  const read = details.filter((detail) => detail !== undefined)
  const relevant = read.filter(({ files }) => !isDocumentation(files.map(({ path }) => path)))
  const total = commits.list.length - (read.length - relevant.length)
  const isWhole = commits.complete && commits.list.length <= limits.commits
  note({
    source,
    status: isWhole ? 'ok' : 'partial',
    detail: `${commits.list.length} commits of ${repository} in it, ${read.length} read.`,
  })
  return relevant.map(({ sha, url, title, author, time, files }) => ({
    repository,
    sha,
    url,
    title,
    author,
    committedAt: time,
    files: files.map(({ path }) => path),
    builtInto: { image: after, commits: total },
  }))
}

/**
 * The commits from one revision to another, newest first; the one commit when the first is not known. A release's tag may be
 * written with a v in Git and without one on the image.
 */
async function commitsOf(
  repository: string,
  { source, base, head }: { source: string; base: string | undefined; head: string },
  { client, session, ask, note }: Inquiry,
): Promise<{ list: Commit[]; complete: boolean } | undefined> {
  const isRelease = /^\d+\./.test(head)
  for (const prefix of isRelease ? ['', 'v'] : ['']) {
    let isMissing = false
    const found = await ask(
      source,
      async () => {
        if (base === undefined)
          return { list: [await getCommit(client, { repository, ref: prefix + head }, session)], complete: true }
        const range = { repository, base: prefix + base, head: prefix + head }
        const compared = await compareRevisions(client, range, session)
        return { list: compared.commits.toReversed(), complete: compared.complete }
      },
      (error) => (isMissing = isUnknown(error)),
    )
    if (!isMissing) return found
  }
  note({ source, status: 'absent', detail: `${repository} has no commit or tag of it.` })
  return undefined
}

/** The allowed repository an image is built from, by its name. */
function sourceOf(path: string, repositories: readonly string[]): string | undefined {
  const segments = path.toLowerCase().split('/')
  const [owner, name] = segments.slice(-2)
  const whole = repositories.find((repository) => repository.toLowerCase() === `${owner}/${name}`)
  const alike = repositories.filter((repository) => repository.toLowerCase().split('/')[1] === segments.at(-1))
  // Of several that are called alike none is known to be the one.
  return whole ?? (alike.length === 1 ? alike[0] : undefined)
}
