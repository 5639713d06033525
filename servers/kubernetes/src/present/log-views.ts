import { clip, takeWithin } from '@kubevigil/core/budget'
import { logPatterns, type LogLevel, type LogLine } from '@kubevigil/core/log-patterns'
import type { LogSource } from './log-sources.ts'

/** Characters patterns or lines may take, so that the whole answer stays under 16,000. */
const textBudget = 10_500
const mostPatterns = 25
const exampleLength = 500
const frameLength = 160
const lineLength = 1000

export interface PatternView {
  count: number
  level?: LogLevel
  first?: string
  last?: string
  text: string
  stack?: string[]
  mixed?: true
}

/** The patterns of logs that were read one by one; at most 25, worst level first. */
export function patternView(logs: readonly (readonly LogLine[])[]): { patterns: PatternView[]; omitted: number } {
  const all = logPatterns(logs.flat(), { stackLines: 3 })
  const shown = all.slice(0, mostPatterns).map(({ example, stack, ...pattern }): PatternView => ({
    ...pattern,
    text: clip(example, exampleLength),
    ...(stack === undefined ? {} : { stack: stack.map((frame) => clip(frame, frameLength)) }),
  }))
  const { kept } = takeWithin(shown, textBudget)
  return { patterns: kept, omitted: all.length - kept.length }
}

export interface LineView {
  time?: string
  pod?: string
  text: string
}

/** The newest lines of several logs, merged by time, oldest first. Lines of one log keep their order, even when its clock jumped back. */
export function lineView(
  sources: readonly Pick<LogSource, 'pod' | 'lines'>[],
  most: number,
): { lines: LineView[]; omitted: number } {
  const merged = sources.flatMap(inOrder).sort((a, b) => compare(a.order, b.order))
  const newest = merged.slice(-most).map(({ time, pod, text }): LineView => ({
    ...(time === undefined ? {} : { time }),
    ...(sources.length > 1 ? { pod } : {}),
    text: clip(text, lineLength),
  }))
  const { kept } = takeWithin(newest.toReversed(), textBudget)
  return { lines: kept.toReversed(), omitted: merged.length - kept.length }
}

function inOrder({ pod, lines }: Pick<LogSource, 'pod' | 'lines'>) {
  let order = ''
  return lines.map(({ time, text }) => {
    if (time !== undefined && time > order) order = time
    return { order, time, pod, text }
  })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
