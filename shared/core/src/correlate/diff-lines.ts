/** One place in a YAML file that a patch changed. */
export interface ChangedLeaf {
  /** Keys from the outermost one the patch shows, lower case, joined by dots: `containers.resources.limits.memory`. */
  key: string
  /** The nearest enclosing `name:`, such as the container's or the variable's. */
  item: string
  /** `kind:` of the object, as far as the patch shows it. */
  kind: string
  before?: string
  after?: string
}

interface Leaf {
  key: string
  item: string
  kind: string
  value: string
}

type Side = '-' | '+'

/**
 * Reads what a unified diff of a YAML file changed: each side is read for itself by indentation, context lines included, and the
 * changed lines of both are paired by their place. It needs no whole file, so a parent that the context does not show is missing from `key`.
 */
export function changedLeaves(patch: string): ChangedLeaf[] {
  return hunks(patch).flatMap((lines) => pair(leaves(lines, '-'), leaves(lines, '+')))
}

/** The lines of a patch that were taken out or put in, without their mark. */
export function changedLines(patch: string): string[] {
  return hunks(patch)
    .flat()
    .filter((line) => line.startsWith('-') || line.startsWith('+'))
    .map((line) => line.slice(1))
}

function hunks(patch: string): string[][] {
  const all: string[][] = []
  for (const line of patch.split('\n')) {
    if (line.startsWith('@@')) all.push([])
    else if (/^[-+ ]/.test(line) && all.length > 0) all.at(-1)!.push(line)
  }
  return all
}

function pair(removed: readonly Leaf[], added: readonly Leaf[]): ChangedLeaf[] {
  const rest = [...added]
  const changed = removed.map(({ value, ...place }): ChangedLeaf => {
    const at = rest.findIndex((leaf) => leaf.key === place.key && leaf.item === place.item)
    return at === -1 ? { ...place, before: value } : { ...place, before: value, after: rest.splice(at, 1)[0]!.value }
  })
  const appeared = rest.map(({ value, ...place }): ChangedLeaf => ({ ...place, after: value }))
  return [...changed, ...appeared].filter(({ before, after }) => before !== after)
}

const keyLine = /^(\s*)((?:- +)*)["']?([\w./-]+)["']?\s*:(?:\s+(.*))?$/
const itemLine = /^(\s*)- +(.*)$/

/** Reads one side of a hunk; only changed lines give a leaf, the others say where it stands. */
function leaves(lines: readonly string[], side: Side): Leaf[] {
  const found: Leaf[] = []
  const keys: { indent: number; key: string }[] = []
  const names: { indent: number; name: string }[] = []
  let kind = ''
  for (const line of lines) {
    if (line[0] !== ' ' && line[0] !== side) continue
    const text = line.slice(1).replace(/\r$/, '')
    if (text.trim() === '---') {
      keys.length = names.length = 0
      kind = ''
      continue
    }
    if (/^\s*(?:#|$)/.test(text)) continue
    const [, space = '', dashes = '', key, rawValue = ''] = keyLine.exec(text) ?? []
    const [, itemSpace = '', itemValue] = key === undefined ? (itemLine.exec(text) ?? []) : []
    if (key === undefined && itemValue === undefined) continue
    const outer = (key === undefined ? itemSpace : space).length
    const indent = outer + dashes.length
    const isItem = dashes !== '' || itemValue !== undefined
    dropFrom(keys, isItem ? outer + 1 : indent)
    dropFrom(names, isItem ? outer + 1 : indent + 1)
    const value = scalar(itemValue ?? rawValue)
    if (key !== undefined) {
      keys.push({ indent, key: key.toLowerCase() })
      if (key === 'name' && value !== '') names.push({ indent, name: value })
      if (key === 'kind' && indent === 0) kind = value
    }
    if (line[0] !== side) continue
    found.push({ key: keys.map((entry) => entry.key).join('.'), item: names.at(-1)?.name ?? '', kind, value })
  }
  return found
}

function dropFrom(entries: { indent: number }[], indent: number): void {
  while (entries.length > 0 && entries.at(-1)!.indent >= indent) entries.pop()
}

/** A scalar without its quotes and trailing comment. */
function scalar(text: string): string {
  const value = text.trim()
  const quoted = /^(["'])(.*?)\1/.exec(value)
  return quoted === null ? value.replace(/\s+#.*$/, '') : quoted[2]!
}
