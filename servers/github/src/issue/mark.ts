/** What the server notes in an issue it keeps, in a comment that GitHub does not show. */
export interface Mark {
  fingerprint: string
  /** How the incident stood when it was written last; the issue itself people close and open as well. */
  state: 'open' | 'resolved'
  /** Of the text it was written for. */
  digest: string
  /** Counts what was written, so that a comment is found again after an unclear failure. */
  count: number
}

const pattern =
  /<!-- kubevigil:incident ([\w.:-]{1,64}) state=(open|resolved) digest=([0-9a-f]{12}) count=(\d{1,9}) -->/

/** The mark in an issue's text; undefined when it is not one of the server's. */
export function readMark(body: string): Mark | undefined {
  const [, fingerprint, state, digest, count] = pattern.exec(body) ?? []
  if (fingerprint === undefined || digest === undefined) return undefined
  return { fingerprint, state: state === 'open' ? 'open' : 'resolved', digest, count: Number(count) }
}

/** An issue's text: the server's part, its mark, and behind it what people wrote there. */
export function composeBody(text: string, mark: Mark, before = ''): string {
  return `${text}\n\n${markText(mark)}${behindMark(before)}`
}

/** The same text with another mark. */
export function withMark(body: string, mark: Mark): string {
  return body.replace(pattern, () => markText(mark))
}

/** Stands in a comment, to know that it was written. */
export function commentMark(count: number): string {
  return `<!-- kubevigil:update ${count} -->`
}

function markText({ fingerprint, state, digest, count }: Mark): string {
  return `<!-- kubevigil:incident ${fingerprint} state=${state} digest=${digest} count=${count} -->`
}

function behindMark(body: string): string {
  const found = pattern.exec(body)
  return found === null ? '' : body.slice(found.index + found[0].length)
}
