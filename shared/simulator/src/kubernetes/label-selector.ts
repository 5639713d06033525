import { scalarText, type JsonObject } from './json.ts'
import { badRequest } from './status.ts'

export type LabelTest = (labels: JsonObject) => boolean

interface Token {
  text: string
  kind: 'word' | 'symbol' | 'end'
}

const operators = 'in, notin, =, ==, !=, gt, lt'

/**
 * Parses a label selector: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, `a>1`, `a<1`, joined by commas.
 * Throws the API's 400 with its own words for a syntax error. An empty selector matches everything.
 */
export function parseLabelSelector(selector: string): LabelTest {
  const tokens = tokenize(selector)
  const tests: LabelTest[] = []
  let at = 0
  const peek = (): Token => tokens[at] ?? { text: '', kind: 'end' }
  const next = (): Token => tokens[at++] ?? { text: '', kind: 'end' }

  if (peek().kind === 'end') return () => true
  for (;;) {
    tests.push(requirement(peek, next))
    const separator = next()
    if (separator.kind === 'end') break
    if (separator.text !== ',') throw syntax(`found '${separator.text}', expected: ',' or 'end of string'`)
    if (peek().kind === 'end') throw syntax(`found '', expected: identifier after ','`)
  }
  return (labels) => tests.every((test) => test(labels))
}

function requirement(peek: () => Token, next: () => Token): LabelTest {
  if (peek().text === '!' && peek().kind === 'symbol') {
    next()
    const key = identifier(next())
    return (labels) => labels[key] === undefined
  }
  const key = identifier(next())
  if (peek().kind === 'end' || peek().text === ',') return (labels) => labels[key] !== undefined
  const operator = next().text
  switch (operator) {
    case 'in':
    case 'notin': {
      const values = valueList(next)
      const wanted = operator === 'in'
      // A missing label satisfies notin.
      return (labels) => (labels[key] !== undefined && values.has(scalarText(labels[key]))) === wanted
    }
    case '=':
    case '==':
    case '!=': {
      const value = peek().kind === 'word' ? next().text : ''
      return (labels) => (labels[key] === value) === (operator !== '!=')
    }
    case '>':
    case 'gt':
      return compare(key, next(), (label, bound) => label > bound)
    case '<':
    case 'lt':
      return compare(key, next(), (label, bound) => label < bound)
    default:
      throw syntax(`found '${operator}', expected: ${operators}`)
  }
}

function compare(key: string, bound: Token, holds: (label: number, bound: number) => boolean): LabelTest {
  if (!/^-?\d+$/.test(bound.text)) {
    throw syntax(
      `values[0][${key}]: Invalid value: "${bound.text}": for 'Gt', 'Lt' operators, the value must be an integer`,
    )
  }
  return (labels) => /^-?\d+$/.test(scalarText(labels[key])) && holds(Number(labels[key]), Number(bound.text))
}

function valueList(next: () => Token): Set<string> {
  const open = next()
  if (open.text !== '(') throw syntax(`found '${open.text}' expected: '('`)
  const values = new Set<string>()
  let last = '('
  for (let token = next(); token.text !== ')'; token = next()) {
    if (token.kind === 'end') throw syntax(`found '', expected: ',' or ')'`)
    if (token.kind === 'word') {
      if (last === 'word') throw syntax(`found '${token.text}', expected: ',' or ')'`)
      values.add(token.text)
    } else if (token.text !== ',') throw syntax(`found '${token.text}', expected: ',', ')' or identifier`)
    else if (last !== 'word') values.add('')
    last = token.kind === 'word' ? 'word' : token.text
  }
  if (last !== 'word') values.add('')
  return values
}

function identifier(token: Token): string {
  if (token.kind !== 'word') throw syntax(`found '${token.text}', expected: !, identifier, or 'end of string'`)
  const [prefix, name] = token.text.includes('/') ? token.text.split('/', 2) : ['x', token.text]
  const valid = /^([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/.test(name ?? '') && prefix !== ''
  if (!valid) {
    const rule =
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    throw syntax(`<nil>: Invalid value: "${token.text}": ${rule}`)
  }
  return token.text
}

function tokenize(selector: string): Token[] {
  const matches = selector.matchAll(/\s*(?:(==|!=|[=!<>(),])|([^\s=!<>(),]+))/g)
  return [...matches].map(([, symbol, word]) =>
    symbol === undefined ? { text: word ?? '', kind: 'word' } : { text: symbol, kind: 'symbol' },
  )
}

function syntax(message: string): Error {
  return badRequest(`unable to parse requirement: ${message}`)
}
