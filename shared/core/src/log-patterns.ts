import { levelOf, type LogLevel } from './log-patterns/level.ts'
import { maskVariables } from './log-patterns/mask.ts'
import { foldStacks, type Entry, type LogLine } from './log-patterns/stacks.ts'

export { maskVariables, type LogLevel, type LogLine }

/** Lines that say the same but for numbers, names and times. */
export interface Pattern {
  count: number
  /** Times of the earliest and the latest line; absent when no line has a time. */
  first?: string
  last?: string
  level?: LogLevel
  /** The latest line, as it stood. */
  example: string
  /** The first frames below it, when the line heads a stack trace. */
  stack?: string[]
  /** The lines have nothing in common: there were more patterns than can be held. */
  mixed?: true
}

export interface PatternOptions {
  /** Most frames kept of a stack trace; 4 when absent. */
  stackLines?: number
}

/** Longest part of a line that is compared: what tells lines apart stands in front. */
const comparedLength = 600
/** Distinct clusters held; what is beyond them is counted as one mixed pattern, so that hostile text cannot fill memory. */
const mostClusters = 3000
/** Clusters of one shape (level, number of words, first word) that a new line is compared with, newest first. */
const mostCompared = 24
const mostRemembered = 20_000

interface Cluster {
  words: string[]
  level: LogLevel | undefined
  count: number
  first: string | undefined
  last: string | undefined
  example: Entry
  mixed: boolean
}

/**
 * Clusters the lines of a log: variables (numbers, hex, uuids, addresses, durations, times, pod hashes) are masked, then lines of
 * one shape (level, number of words, first word) join when enough words agree, as in Drain (He et al., ICWS 2017). The frames
 * of a stack trace belong to the line that heads it. Lines are to be given source by source, each in its own order.
 * @returns patterns, worst level first, then the most frequent; the counts add up to all lines that are not frames or blank
 */
export function logPatterns(lines: readonly LogLine[], { stackLines = 4 }: PatternOptions = {}): Pattern[] {
  const clusters: Cluster[] = []
  const shapes = new Map<string, Cluster[]>()
  const remembered = new Map<string, Cluster>()
  for (const entry of foldStacks(lines, stackLines)) {
    const masked = maskVariables(entry.text.slice(0, comparedLength))
    let cluster = remembered.get(masked)
    if (cluster === undefined) {
      cluster = join(masked, entry, clusters, shapes)
      if (remembered.size >= mostRemembered) remembered.clear()
      remembered.set(masked, cluster)
    }
    count(cluster, entry)
  }
  return clusters.sort(byWorth).map(toPattern)
}

function join(masked: string, entry: Entry, clusters: Cluster[], shapes: Map<string, Cluster[]>): Cluster {
  const words = masked.split(/\s+/)
  const level = levelOf(masked)
  const shape = `${level ?? ''} ${words.length} ${words[0]}`
  const alike = shapes.get(shape) ?? []
  const misses = missesAllowed(words.length, alike.length)
  const stop = Math.max(0, alike.length - mostCompared)
  for (let index = alike.length - 1; index >= stop; index -= 1) {
    const candidate = alike[index]!
    if (!agree(candidate.words, words, misses)) continue
    generalise(candidate.words, words)
    return candidate
  }
  const isFull = clusters.length >= mostClusters
  if (isFull && clusters.at(-1)!.mixed) return clusters.at(-1)!
  const made: Cluster = { words, level, count: 0, first: undefined, last: undefined, example: entry, mixed: isFull }
  clusters.push(made)
  alike.push(made)
  shapes.set(shape, alike)
  return made
}

/**
 * How many words may differ. A few lines of one shape are told apart by a single word (`connect to database`, `connect to
 * cache`); when a shape keeps bringing new lines, the differing words are variables, and Drain's own threshold of 0.4 holds.
 */
function missesAllowed(words: number, alike: number): number {
  if (alike >= 8) return Math.floor(words * 0.6)
  return words < 6 ? 0 : Math.floor(words * 0.25)
}

function agree(known: readonly string[], words: readonly string[], most: number): boolean {
  let misses = 0
  for (let index = 0; index < words.length; index += 1) {
    const a = known[index]!
    const b = words[index]!
    if (a === b || a === '<*>') continue
    misses += 1
    // A status or exit code is the message: lines that differ in it never join.
    if (misses > most || a.includes('<=') || b.includes('<=')) return false
  }
  return true
}

function generalise(known: string[], words: readonly string[]): void {
  for (let index = 0; index < words.length; index += 1) if (known[index] !== words[index]) known[index] = '<*>'
}

function count(cluster: Cluster, entry: Entry): void {
  cluster.count += 1
  const { time } = entry
  if (time === undefined) {
    cluster.example = entry
    return
  }
  if (cluster.first === undefined || time < cluster.first) cluster.first = time
  if (cluster.last === undefined || time >= cluster.last) {
    cluster.last = time
    cluster.example = entry
  }
}

const worth: Record<LogLevel | 'none', number> = { fatal: 0, error: 1, warn: 2, none: 3, info: 4, debug: 5 }

function byWorth(a: Cluster, b: Cluster): number {
  return worth[a.level ?? 'none'] - worth[b.level ?? 'none'] || b.count - a.count
}

function toPattern({ count, first, last, level, example, mixed }: Cluster): Pattern {
  return {
    count,
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
    ...(level === undefined ? {} : { level }),
    example: example.text,
    ...(example.stack === undefined ? {} : { stack: example.stack }),
    ...(mixed ? { mixed } : {}),
  }
}
