import { clip } from '../budget.ts'
import { parseQuantity } from '../quantity.ts'
import { changedLeaves, changedLines, type ChangedLeaf } from './diff-lines.ts'
import { kindOf, type FactKind } from './fact-kinds.ts'

/** One thing that a commit or a rollout changed. */
export interface ChangeFact {
  /** The file it was read from; empty for a rollout. */
  file: string
  kind: FactKind
  /** For a person: `app: limits.memory 512Mi → 256Mi`. Values only where they can be no secret. */
  text: string
  /** Values, for the kinds whose text shows them. */
  before?: string
  after?: string
  /** For quantities; a limit that appears where there was none counts as lowered. */
  direction?: 'lowered' | 'raised'
}

/** Most facts kept of one patch. */
const factLimit = 40

/** Kinds whose values are numbers, image references or the like: nothing that hides a credential. */
const showsValues: ReadonlySet<FactKind> = new Set<FactKind>([
  'memory-limit',
  'memory-request',
  'cpu-limit',
  'cpu-request',
  'image',
  'port',
  'replicas',
  'autoscaling',
])

const runtimeMemory = /xmx|maxrampercentage|max-old-space-size|gomemlimit|java_opts|java_tool_options|node_options/i

/**
 * Reads what a file's patch changed.
 * @param patch a unified diff of one file, whole or cut; the headers before the first `@@` do not matter
 * @param file the file's path: its name helps where the lines do not say what they belong to
 */
export function changeFacts(patch: string, file = ''): ChangeFact[] {
  const facts = new Map<string, ChangeFact>()
  for (const leaf of changedLeaves(patch)) {
    const fact = factOf(leaf, file)
    if (fact !== undefined && facts.size < factLimit) facts.set(`${fact.kind} ${fact.text}`, fact)
  }
  if (facts.size === 0 && !isCosmetic(patch)) {
    const kind = kindOf('', { kind: '', file })
    if (kind !== undefined) facts.set(kind, { file, kind, text: `${clip(file, 120)} changed` })
  }
  return [...facts.values()]
}

/**
 * Reads one entry of a rollout's `changes`, in the words of diffTemplates: `container app: limits.memory 512Mi → 256Mi`,
 * `container app: limits.cpu added (1)`, `volume data removed (configMap web)`.
 * @returns undefined when it names nothing known
 */
export function rolloutFact(change: string): ChangeFact | undefined {
  const text = clip(change, 200)
  // Charts put a hash of their configuration there, so that a change of it rolls the pods.
  if (/^annotation \S*checksum/.test(change)) return { file: '', kind: 'config', text }
  if (/^(?:label|annotation) /.test(change)) return undefined
  const [, rest = change] = /^(?:init )?container \S+?: (.*)$/.exec(change) ?? []
  const { key, before, after } = readChange(rest)
  const kind = kindOf(key.trim().toLowerCase().replace(/\s+/g, '.'), { kind: '', file: '' })
  return kind === undefined ? undefined : finish({ file: '', kind, text }, before, after)
}

function readChange(text: string): { key: string; before?: string; after?: string } {
  const [, changed, from, to] = /^(.*?)\s+(\S+)\s+→\s+(\S+)$/.exec(text) ?? []
  if (changed !== undefined) return { key: changed, before: from!, after: to! }
  const [, key = text, verb, value] = /^(.*?)\s+(added|removed)(?: \((.*)\))?$/.exec(text) ?? []
  if (value === undefined) return { key }
  return verb === 'added' ? { key, after: value } : { key, before: value }
}

/** Whether a patch changed nothing but comments and blank lines. */
export function isCosmetic(patch: string): boolean {
  const lines = changedLines(patch)
  return lines.length > 0 && lines.every((line) => /^\s*(?:#(?!!).*)?$/.test(line))
}

/** Whether two facts tell of the same change: the same kind and no value that differs. */
export function sameChange(one: ChangeFact, other: ChangeFact): boolean {
  return one.kind === other.kind && agree(one.before, other.before) && agree(one.after, other.after)
}

function agree(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other
}

function factOf(leaf: ChangedLeaf, file: string): ChangeFact | undefined {
  const { item, before, after } = leaf
  // The list's own `env:` is often out of the context; its items are still recognisable.
  const isVariable = /(?:^|\.)(?:value|valuefrom)$/.test(leaf.key) && /^[A-Z][A-Z0-9_]+$/.test(item)
  const found = kindOf(isVariable ? `env.${leaf.key}` : leaf.key, { kind: leaf.kind, file })
  if (found === undefined) return undefined
  const aboutMemory = runtimeMemory.test(`${item} ${before ?? ''} ${after ?? ''}`)
  const kind = aboutMemory && ['env', 'command', 'config'].includes(found) ? 'runtime-memory' : found
  const place = leaf.key.split('.').slice(-2).join('.')
  const label = clip(item === '' || item === before || item === after ? place : `${item}: ${place}`, 120)
  const values = showsValues.has(kind)
    ? `${clip(before ?? '(none)', 80)} → ${clip(after ?? '(none)', 80)}`
    : before === undefined
      ? 'added'
      : after === undefined
        ? 'removed'
        : 'changed'
  return finish({ file, kind, text: `${label} ${values}` }, before, after)
}

function finish(
  fact: Pick<ChangeFact, 'file' | 'kind' | 'text'>,
  before: string | undefined,
  after: string | undefined,
): ChangeFact {
  const appears = fact.kind.endsWith('-limit') && isAbsent(before) && !isAbsent(after)
  const direction = appears ? 'lowered' : directionOf(before, after)
  const values = showsValues.has(fact.kind)
  return {
    ...fact,
    ...(values && before !== undefined ? { before } : {}),
    ...(values && after !== undefined ? { after } : {}),
    ...(direction === undefined ? {} : { direction }),
  }
}

function isAbsent(value: string | undefined): boolean {
  return value === undefined || value === ''
}

function directionOf(before: string | undefined, after: string | undefined): 'lowered' | 'raised' | undefined {
  const [from, to] = [parseQuantity(before), parseQuantity(after)]
  if (from === undefined || to === undefined || from === to) return undefined
  return to < from ? 'lowered' : 'raised'
}
