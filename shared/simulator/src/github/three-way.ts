import type { TreeEntry } from './commit.ts'

/** What a path holds in a tree. */
export interface File {
  mode: string
  sha: string
}

/**
 * Merges by path, not by line: what theirs changed since the ancestor goes onto ours.
 * Returns the entries to change in ours, or the paths that both sides changed differently.
 */
export function threeWay(
  ancestor: Map<string, File>,
  ours: Map<string, File>,
  theirs: Map<string, File>,
): { entries: TreeEntry[] } | { conflicts: string[] } {
  const touched = [...new Set([...ancestor.keys(), ...theirs.keys()])].filter(
    (path) => !same(ancestor.get(path), theirs.get(path)) && !same(ours.get(path), theirs.get(path)),
  )
  const conflicts = touched.filter((path) => !same(ancestor.get(path), ours.get(path)))
  if (conflicts.length > 0) return { conflicts }
  const entries = touched.map((path) => {
    const file = theirs.get(path) ?? { mode: ours.get(path)?.mode ?? '100644', sha: null }
    return { path, type: 'blob' as const, ...file }
  })
  return { entries }
}

function same(one: File | undefined, other: File | undefined): boolean {
  return one?.sha === other?.sha && one?.mode === other?.mode
}
