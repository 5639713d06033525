import { inParallel } from '../correlate/inquiry.ts'
import { cleanLine } from '../github/clean.ts'
import type { GitData, GitFile } from '../github/git-data.ts'
import { cannotChange, type FileChange } from './file-change.ts'
import { mergeTexts } from './merge.ts'
import type { RevertRange } from './revert-range.ts'

/**
 * Builds the files that take a range back on top of a branch: the former blob where the file is as the range left it, a merge by
 * lines where it was changed since.
 * @param head commit of the branch
 * @throws UserError when a later change stands in the way, or nothing is left to take back
 */
export async function buildRevert(git: GitData, range: RevertRange, head: string): Promise<FileChange[]> {
  const built = await inParallel(range.paths, async (path) => {
    const [before, after, now] = await Promise.all([range.before, range.after, head].map((at) => git.find(at, path)))
    return revertFile(git, path, { before, after, now })
  })
  const conflicts = built.flatMap((result) => (typeof result === 'string' ? [result] : []))
  if (conflicts.length > 0) {
    const more = conflicts.length > 3 ? ` and ${conflicts.length - 3} more` : ''
    throw cannotChange(
      `It cannot be taken back without a decision: ${conflicts.slice(0, 3).join('; ')}${more}.`,
      'plan_rollback names the later commits; revert by hand with git revert, or take those back first.',
    )
  }
  const changes = built.filter((result) => typeof result === 'object')
  if (changes.length > 0) return changes
  throw cannotChange('Nothing is left to take back: its files are as they were before it.', 'Look for another change.')
}

interface Versions {
  before: GitFile | undefined
  after: GitFile | undefined
  now: GitFile | undefined
}

/** The change of one file, undefined when it needs none, or the words for why it cannot be made. */
async function revertFile(
  git: GitData,
  path: string,
  { before, after, now }: Versions,
): Promise<FileChange | string | undefined> {
  if (same(now, before)) return undefined
  if (same(now, after)) {
    const { mode, type } = before ?? now!
    const entry = { path, mode, type, sha: before?.sha ?? null }
    const [old, next] = await Promise.all([textOf(git, now), textOf(git, before)])
    return { path, entry, before: old, after: next }
  }
  const name = cleanLine(path, 160)
  const texts = await Promise.all([after, now, before].map((version) => textOf(git, version)))
  const [base, ours, theirs] = texts
  if (typeof base !== 'string' || typeof ours !== 'string' || typeof theirs !== 'string')
    return `${name} was changed since, and is no text that could be merged`
  const merged = mergeTexts(base, ours, theirs)
  if ('conflicts' in merged) return `${name} was changed since in the same place (line ${merged.conflicts.join(', ')})`
  if (merged.text === ours) return undefined
  return {
    path,
    entry: { path, mode: now!.mode, type: 'blob', content: merged.text },
    before: ours,
    after: merged.text,
  }
}

/** Null for no file, undefined for one that is no text. */
async function textOf(git: GitData, file: GitFile | undefined): Promise<string | null | undefined> {
  if (file === undefined) return null
  return file.type === 'blob' && file.mode.startsWith('100') ? git.text(file.sha) : undefined
}

function same(one: GitFile | undefined, other: GitFile | undefined): boolean {
  return one?.sha === other?.sha && one?.mode === other?.mode
}
