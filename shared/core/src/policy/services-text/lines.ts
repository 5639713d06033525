/** One line that says something. */
export interface Line {
  /** Counted from one, as editors do. */
  number: number
  /** Without list marks, emphasis and warning signs. */
  text: string
  /** Spaces before it. */
  indent: number
  isItem: boolean
  /** How deep a heading is: 1 for `1.` and `##`, 2 for `1.1` and `###`; undefined for what is none. */
  heading: number | undefined
}

/** The lines of a text that say something: no rules, no tables, no blanks. */
export function readLines(text: string): Line[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const body = raw.trimStart()
    if (!/[\p{L}\p{N}]/u.test(body) || body.startsWith('|')) return []
    const [, mark = '', rest = ''] = /^([-*•]\s+|#{1,6}\s+|\d+(?:\.\d+)*\.?\s+)?(.*)$/.exec(body)!
    const text = rest
      .replaceAll(/[*`]/g, '')
      .replace(/^[^\p{L}\p{N}]+/u, '')
      .trim()
    return [
      {
        number: index + 1,
        text,
        indent: raw.length - body.length,
        isItem: /^[-*•]/.test(mark),
        heading: depthOf(mark),
      },
    ]
  })
}

function depthOf(mark: string): number | undefined {
  if (mark.startsWith('#')) return Math.max(1, mark.trim().length - 1)
  return /^\d/.test(mark) ? mark.match(/\d+/g)!.length : undefined
}
