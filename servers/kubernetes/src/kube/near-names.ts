/**
 * The known names a mistyped one may mean, nearest first: those that hold it or are held by it, then those within a
 * few letters (a third of the name's length at most).
 */
export function nearNames(wanted: string, known: readonly string[], most: number): string[] {
  const name = wanted.toLowerCase().slice(0, maxLength)
  if (name === '') return []
  const tolerance = Math.max(1, Math.floor(name.length / 3))
  return known
    .map((candidate) => ({
      candidate,
      distance: distanceTo(name, candidate.toLowerCase().slice(0, maxLength), tolerance),
    }))
    .filter(({ distance }) => distance <= tolerance)
    .sort((a, b) => a.distance - b.distance || a.candidate.length - b.candidate.length)
    .slice(0, most)
    .map(({ candidate }) => candidate)
}

const maxLength = 80

function distanceTo(name: string, candidate: string, tolerance: number): number {
  if (name.length >= 3 && candidate.includes(name)) return 0.5
  if (candidate.length >= 3 && name.includes(candidate)) return 0.5
  // A pod is often asked for by its old hash: what is before the hash tells its owner.
  const stem = name.replace(/(?:-[a-z0-9]{6,10})?-[a-z0-9]{5}$/, '')
  if (stem !== name && stem.length >= 3 && candidate.startsWith(`${stem}-`)) return 0.7
  if (Math.abs(name.length - candidate.length) > tolerance) return Infinity
  return editDistance(name, candidate)
}

/** Letters put in, left out, replaced or swapped with their neighbour (optimal string alignment), row by row. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1, isSwap ? before[j - 2]! + 1 : Infinity))
    }
    before = row
    row = next
  }
  return row[b.length]!
}
