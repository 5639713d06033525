import type { Line } from './lines.ts'

/** What a text says of one service. */
export interface Block {
  name: string
  priority: string
  /** Where it is named, with what stands in brackets behind it. */
  named: Line
  /** The heading that gave its priority. */
  section: Line
  /** What is said of it, nested lines included. */
  lines: Line[]
}

/** A section that says more of services named before. */
const moreOfThem = /known issues|quirks/i
const serviceName = /^([a-z0-9][a-z0-9.-]*)(?:\s+\(.*)?$/i

/**
 * Finds the services of a text: below a heading with a priority, each deeper heading names one, or each list item does when there
 * are no such headings. Below a heading about known issues, headings name services again.
 */
export function blocksOf(lines: readonly Line[]): { blocks: Block[]; problems: string[] } {
  const blocks = new Map<string, Block>()
  const problems: string[] = []
  let section: { line: Line; priority: string | undefined; more: boolean } | undefined
  let current: Block | undefined
  for (const line of lines) {
    const priority = line.heading === undefined ? undefined : /\bP[0-3]\b/.exec(line.text)?.[0]
    const deeper = section !== undefined && line.heading !== undefined && line.heading > section.line.heading!
    const name = serviceName.exec(line.text)?.[1]
    if (line.heading !== undefined && (priority !== undefined || !deeper)) {
      section = { line, priority, more: moreOfThem.test(line.text) }
      current = undefined
    } else if (line.heading !== undefined && section?.more === true) {
      current = blocks.get(name ?? '')
      if (current === undefined) problems.push(`line ${line.number}: no service "${line.text}" is named before`)
    } else if (
      section?.priority !== undefined &&
      name !== undefined &&
      (deeper || (line.isItem && current === undefined))
    ) {
      const block = { name, priority: section.priority, named: line, section: section.line, lines: [] }
      if (blocks.has(name)) problems.push(`line ${line.number}: the service "${name}" is named twice`)
      else blocks.set(name, block)
      if (deeper) current = block
    } else if (deeper && section?.priority !== undefined) {
      problems.push(`line ${line.number}: "${line.text}" is no name of a service: write it in one word`)
      current = undefined
    } else current?.lines.push(line)
  }
  return { blocks: [...blocks.values()], problems }
}
