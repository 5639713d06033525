/**
 * What Go's encoding/json says about a text that is not JSON, such as
 * `invalid character 'n' looking for beginning of object key string`. A small scanner: it finds the first character
 * that cannot stand where it is.
 */
export function goJsonError(source: string): string {
  const state = { at: 0 }
  const problem = value(source, state) ?? rest(source, state)
  return problem ?? 'unexpected end of JSON input'
}

interface State {
  at: number
}

type Problem = string | undefined

const ended = 'unexpected end of JSON input'

function skipSpace(source: string, state: State): string {
  while (/[ \t\r\n]/.test(source[state.at] ?? 'x')) state.at += 1
  return source[state.at] ?? ''
}

function bad(character: string, where: string): string {
  if (character === '') return ended
  const shown = character === "'" ? `'\\''` : character === '"' ? `'"'` : `'${JSON.stringify(character).slice(1, -1)}'`
  return `invalid character ${shown} ${where}`
}

function value(source: string, state: State): Problem {
  const first = skipSpace(source, state)
  if (first === '{') return sequence(source, state, '}', member, 'after object key:value pair')
  if (first === '[') return sequence(source, state, ']', value, 'after array element')
  if (first === '"') return stringLiteral(source, state)
  const scalar = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/.exec(source.slice(state.at))
  if (scalar === null) return bad(first, 'looking for beginning of value')
  state.at += scalar[0].length
  return undefined
}

function sequence(
  source: string,
  state: State,
  close: string,
  element: (source: string, state: State) => Problem,
  after: string,
): Problem {
  state.at += 1
  if (skipSpace(source, state) === close) {
    state.at += 1
    return undefined
  }
  for (;;) {
    const problem = element(source, state)
    if (problem !== undefined) return problem
    const next = skipSpace(source, state)
    if (next !== close && next !== ',') return bad(next, after)
    state.at += 1
    if (next === close) return undefined
  }
}

function member(source: string, state: State): Problem {
  const quote = skipSpace(source, state)
  if (quote !== '"') return bad(quote, 'looking for beginning of object key string')
  const problem = stringLiteral(source, state)
  if (problem !== undefined) return problem
  const colon = skipSpace(source, state)
  if (colon !== ':') return bad(colon, 'after object key')
  state.at += 1
  return value(source, state)
}

function stringLiteral(source: string, state: State): Problem {
  for (let at = state.at + 1; at < source.length; at += 1) {
    const character = source[at] ?? ''
    if (character < ' ') return bad(character, 'in string literal')
    if (character === '"') {
      state.at = at + 1
      return undefined
    }
    if (character !== '\\') continue
    const escape = /^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(source.slice(at + 1))
    if (escape === null) return bad(source[at + 1] ?? '', 'in string escape code')
    at += escape[0].length
  }
  return ended
}

function rest(source: string, state: State): Problem {
  const next = skipSpace(source, state)
  return next === '' ? undefined : bad(next, 'after top-level value')
}
