import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import { conditionsOf } from '@kubevigil/core/kubernetes'
import { isCopyOfObject, isSecretField, isSecretFlag, maskedSecret, maskedValue, namesSecret } from './secrets.ts'
import { plainText, safeText } from './text.ts'

export type Part = 'summary' | 'spec' | 'status' | 'all'

export interface TrimmedObject {
  object: Record<string, unknown>
  /** What was clipped, in words; empty when nothing was. */
  notes: string[]
}

interface Limits {
  text: number
  items: number
  keys: number
}

/** From generous to sparse: the first that fits is taken, so that small objects are shown whole. */
const steps: readonly Limits[] = [
  { text: 1500, items: 50, keys: 100 },
  { text: 500, items: 25, keys: 60 },
  { text: 200, items: 10, keys: 40 },
  { text: 100, items: 5, keys: 25 },
  { text: 60, items: 2, keys: 12 },
]
const deepest = 24

/**
 * An object as it may be shown: without bookkeeping (managedFields) and copies of itself (last-applied), with secrets masked
 * (values of Secrets; values that a name gives away; known shapes in any text), with long texts, lists and maps clipped.
 * @param budget most characters of its JSON; what does not fit is clipped harder, and last of all left out but for a summary
 */
export function trimObject(object: KubernetesObject, part: Part, budget: number): TrimmedObject {
  const wanted = select(object, part)
  for (const limits of steps) {
    const clipped = { count: 0 }
    const trimmed = trim(wanted, limits, deepest, clipped) as Record<string, unknown>
    if (JSON.stringify(trimmed).length > budget) continue
    const note = 'Long texts, lists or maps are clipped; part spec or status shows more of each.'
    return { object: trimmed, notes: clipped.count > 0 ? [note] : [] }
  }
  if (part !== 'summary') {
    const { object: summary } = trimObject(object, 'summary', budget)
    return { object: summary, notes: [`Its ${part} does not fit into an answer: this is the summary.`] }
  }
  const { apiVersion, kind, metadata } = object
  const name = { name: metadata.name, namespace: metadata.namespace }
  return { object: { apiVersion, kind, metadata: name }, notes: ['The object does not fit into an answer.'] }
}

function select(object: KubernetesObject, part: Part): Record<string, unknown> {
  const { apiVersion, kind, metadata, status, ...content } = object
  const { managedFields: _, ...meta } = metadata as typeof metadata & { managedFields?: unknown }
  const name = { name: metadata.name, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) }
  if (part === 'all')
    return { apiVersion, kind, metadata: meta, ...content, ...(status === undefined ? {} : { status }) }
  if (part === 'spec') return { apiVersion, kind, metadata: name, ...content }
  if (part === 'status') return { apiVersion, kind, metadata: name, status: status ?? {} }
  const { annotations: __, ...brief } = meta
  return {
    apiVersion,
    kind,
    metadata: brief,
    spec: scalars(content.spec),
    status: {
      ...scalars(status),
      conditions: conditionsOf(object).map(({ type, status: value, reason, message, lastTransitionTime }) => ({
        type,
        status: value,
        reason,
        message,
        lastTransitionTime,
      })),
      ...pick(status, ['containerStatuses', 'initContainerStatuses']),
    },
  }
}

function scalars(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) return {}
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => typeof inner !== 'object' || inner === null))
}

function pick(value: unknown, keys: readonly string[]): Record<string, unknown> {
  if (!isRecord(value)) return {}
  return Object.fromEntries(keys.filter((key) => key in value).map((key) => [key, value[key]]))
}

function trim(value: unknown, limits: Limits, depth: number, clipped: { count: number }): unknown {
  if (typeof value === 'string') return text(value, limits, clipped)
  if (Array.isArray(value)) return trimList(value, limits, depth, clipped)
  return isRecord(value) ? trimMap(value, limits, depth, clipped) : value
}

function text(value: string, limits: Limits, clipped: { count: number }): string {
  const shown = safeText(value, limits.text)
  if (shown.length < value.length && shown.includes(' more characters)')) clipped.count += 1
  return shown
}

function trimList(list: readonly unknown[], limits: Limits, depth: number, clipped: { count: number }): unknown[] {
  if (depth === 0) return tooDeep(clipped) as unknown[]
  const shown = list.slice(0, limits.items).map((item, index) => {
    const before = list[index - 1]
    const isSecret = typeof item === 'string' && typeof before === 'string' && isSecretFlag(before)
    return isSecret ? maskedValue : trim(item, limits, depth - 1, clipped)
  })
  if (list.length <= limits.items) return shown
  clipped.count += 1
  return [...shown, `… (${list.length - limits.items} more)`]
}

function trimMap(map: Record<string, unknown>, limits: Limits, depth: number, clipped: { count: number }): unknown {
  if (depth === 0) return tooDeep(clipped)
  const entries = Object.entries(map).filter(([, inner]) => inner !== undefined)
  const shown = entries
    .slice(0, limits.keys)
    .map(([key, inner]): [string, unknown] => [
      plainText(key).slice(0, 300),
      maskField(map, key, inner, limits, depth, clipped),
    ])
  if (entries.length > limits.keys) {
    clipped.count += 1
    shown.push(['…', `${entries.length - limits.keys} more`])
  }
  return Object.fromEntries(shown)
}

/** A field's value, masked when the field, or the object it belongs to, makes it a secret. */
function maskField(
  map: Record<string, unknown>,
  key: string,
  inner: unknown,
  limits: Limits,
  depth: number,
  clipped: { count: number },
): unknown {
  if (isRecord(inner)) {
    if (map['kind'] === 'Secret') {
      if (key === 'data' || key === 'stringData')
        return mapValues(inner, (_, value) => maskedSecret(value, key === 'data'))
      if (key === 'metadata') return trim(withoutLongAnnotations(inner), limits, depth - 1, clipped)
    }
    if (map['kind'] === 'ConfigMap') {
      if (key === 'binaryData')
        return mapValues(inner, (_, value) => maskedSecret(value, true).replace('redacted:secret', 'binary'))
      if (key === 'data') {
        const masked = mapValues(inner, (name, value) => (namesSecret(name) ? maskedValue : value))
        return trim(masked, limits, depth - 1, clipped)
      }
    }
    if (key === 'annotations') {
      return trim(
        mapValues(inner, (name, value) => (isCopyOfObject(name) ? undefined : value)),
        limits,
        depth - 1,
        clipped,
      )
    }
  }
  if (typeof inner === 'string' && inner !== '') {
    const isNamedValue = key === 'value' && typeof map['name'] === 'string' && namesSecret(map['name'])
    if (isNamedValue || isSecretField(key)) return maskedValue
  }
  return trim(inner, limits, depth - 1, clipped)
}

/** What tools write into a Secret's annotations may repeat its values; short ones are marks and dates. */
function withoutLongAnnotations(metadata: Record<string, unknown>): Record<string, unknown> {
  if (!isRecord(metadata['annotations'])) return metadata
  const annotations = mapValues(metadata['annotations'], (name, value) =>
    isCopyOfObject(name) ? undefined : String(value).length > 200 ? maskedSecret(value, false) : value,
  )
  return { ...metadata, annotations }
}

function mapValues(
  map: Record<string, unknown>,
  change: (key: string, value: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(key, value)]))
}

function tooDeep(clipped: { count: number }): unknown {
  clipped.count += 1
  return ['… (nested too deep)']
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
