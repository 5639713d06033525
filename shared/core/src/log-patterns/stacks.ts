/** One line of a log; `time` is an ISO instant in UTC, so that two of them compare as text. */
export interface LogLine {
  time?: string | undefined
  text: string
}

/** A line with the frames of the stack trace it heads. */
export interface Entry extends LogLine {
  stack?: string[]
}

/** Frames and their notes are indented in Java, JavaScript, Python, .NET, Ruby and Rust. */
const indentedFrame = /^(?:\t|\s+(?:at |File "|from |in |\d+: |\.\.\. \d+ (?:more|common)|\^|[~^]+$)|\s{4,}\S)/
/** Go: `goroutine 1 [running]:` opens a trace whose function lines are not indented; a blank line ends it. */
const goroutine = /^goroutine \d+ (?:gp=\S+ )?(?:m=\S+ )?(?:mp=\S+ )?\[[^\]]*\]:$/
const goFunction = /^(?:created by )?[\w.\-/*()[\]{}·…]+(?:\(.*\)| in goroutine \d+)$/

/**
 * Joins the frames of stack traces to the line above them, and leaves out blank lines.
 * @param most frames kept of each trace
 */
export function* foldStacks(lines: readonly LogLine[], most: number): Generator<Entry> {
  let head: Entry | undefined
  let inGo = false
  for (const line of lines) {
    const { text } = line
    if (text === '' || text.trim() === '') {
      // Go prints a blank line between the panic and its trace: the head stays.
      inGo = false
      continue
    }
    if (head !== undefined && (isFrame(text, inGo) || goroutine.test(text))) {
      if (goroutine.test(text)) inGo = true
      else if ((head.stack?.length ?? 0) < most) (head.stack ??= []).push(text)
      continue
    }
    if (head !== undefined) yield head
    inGo = goroutine.test(text)
    head = { ...line }
  }
  if (head !== undefined) yield head
}

function isFrame(text: string, inGo: boolean): boolean {
  const first = text.charCodeAt(0)
  if (first === 9 || first === 32) return indentedFrame.test(text)
  return inGo && goFunction.test(text)
}
