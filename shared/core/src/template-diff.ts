import { clip } from './budget.ts'
import { redact } from './redact.ts'

type Fields = Record<string, unknown>

/** Environment names whose values are never shown, whatever they look like. */
const secretName = /pass|pwd|secret|token|key|credential|auth|cert|private|dsn|salt|signature|webhook/i
const restartAnnotation = 'kubectl.kubernetes.io/restartedAt'
/** Written by controllers, not by whoever changed the template. */
const bookkeeping = new Set(['pod-template-hash', 'controller-revision-hash', restartAnnotation])
/** Order in which differences of one container are told: what breaks most often first. */
const firstFields = [
  'image',
  'resources',
  'env',
  'envFrom',
  'command',
  'args',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
]

/**
 * The exact differences of two pod templates, one a line: `container app: limits.memory 512Mi → 256Mi`.
 * Values of secret-looking environment variables are left out; other values are redacted and clipped.
 * A template that differs only in the restart annotation gives one line that says so; equal templates give none.
 */
export function diffTemplates(before: unknown, after: unknown): string[] {
  const [old, next] = [fields(before), fields(after)]
  const [oldSpec, nextSpec] = [fields(old['spec']), fields(next['spec'])]
  const changes = [
    ...diffNamed(oldSpec['containers'], nextSpec['containers'], 'container', diffContainer),
    ...diffNamed(oldSpec['initContainers'], nextSpec['initContainers'], 'init container', diffContainer),
    ...diffNamed(oldSpec['volumes'], nextSpec['volumes'], 'volume', diffVolume),
    ...diffFields(without(oldSpec, podLists), without(nextSpec, podLists)),
    ...diffMetadata(old['metadata'], next['metadata']),
  ]
  const [oldRestart, restart] = [restartOf(old), restartOf(next)]
  if (changes.length === 0 && restart !== undefined && restart !== oldRestart) {
    return [`restarted without a change of the template (restartedAt ${clip(restart, 40)})`]
  }
  return changes
}

const podLists = new Set(['containers', 'initContainers', 'volumes'])

/** Compares two lists whose members have names; `diff` tells the differences of members on both sides. */
function diffNamed(
  before: unknown,
  after: unknown,
  noun: string,
  diff: (old: Fields, next: Fields) => string[],
): string[] {
  const [old, next] = [byName(before), byName(after)]
  return union(old.keys(), next.keys()).flatMap((name) => {
    const [was, is] = [old.get(name), next.get(name)]
    const label = `${noun} ${name}`
    if (was === undefined) return [`${label} added${describe(noun, is!)}`]
    if (is === undefined) return [`${label} removed${describe(noun, was)}`]
    return diff(was, is).map((change) => `${label}: ${change}`)
  })
}

function diffContainer(old: Fields, next: Fields): string[] {
  const rest = union(Object.keys(old), Object.keys(next)).filter(
    (field) => !firstFields.includes(field) && field !== 'name',
  )
  return [...firstFields, ...rest].flatMap((field) => {
    const [was, is] = [old[field], next[field]]
    if (field === 'resources') return diffFields(fields(was), fields(is))
    if (field === 'env') return diffNamed(was, is, 'env', diffEnv)
    if (field === 'volumeMounts') return diffFields(mounts(was), mounts(is))
    return diffFields(was === undefined ? {} : { [field]: was }, is === undefined ? {} : { [field]: is })
  })
}

function diffEnv(old: Fields, next: Fields): string[] {
  if (same(old, next)) return []
  if (secretName.test(String(next['name']))) return ['changed (values not shown)']
  return [`${envValue(old)} → ${envValue(next)}`]
}

function diffVolume(old: Fields, next: Fields): string[] {
  return diffFields(without(old, nameOnly), without(next, nameOnly))
}

const nameOnly = new Set(['name'])

function diffMetadata(before: unknown, after: unknown): string[] {
  return ['labels', 'annotations'].flatMap((part) => {
    const [old, next] = [
      without(fields(fields(before)[part]), bookkeeping),
      without(fields(fields(after)[part]), bookkeeping),
    ]
    return diffFields(old, next, `${part.slice(0, -1)} `)
  })
}

/** Leaf by leaf: `path old → new`, `path added (value)`, `path removed (value)`. */
function diffFields(old: Fields, next: Fields, prefix = ''): string[] {
  const [was, is] = [new Map(leaves(old)), new Map(leaves(next))]
  return union(was.keys(), is.keys()).flatMap((path) => {
    const [a, b] = [was.get(path), is.get(path)]
    if (a === b) return []
    if (a === undefined) return [`${prefix}${path} added (${show(b!)})`]
    if (b === undefined) return [`${prefix}${path} removed (${show(a)})`]
    return [`${prefix}${path} ${show(a)} → ${show(b)}`]
  })
}

/** Every leaf of a value with its path; a list is one leaf, since positions mean little to a reader. */
function leaves(value: Fields, path = ''): [string, string][] {
  return Object.entries(value).flatMap(([name, inner]): [string, string][] => {
    const here = path === '' ? name : `${path}.${name}`
    if (inner === undefined || inner === null) return []
    if (typeof inner === 'object' && !Array.isArray(inner)) return leaves(inner as Fields, here)
    return [[here, typeof inner === 'string' ? inner : JSON.stringify(inner)]]
  })
}

/** What an added or removed part is, in brackets. */
function describe(noun: string, part: Fields): string {
  if (noun === 'env') return secretName.test(String(part['name'])) ? '' : ` (${envValue(part)})`
  if (noun === 'volume') return ` (${show(volumeSource(part))})`
  return typeof part['image'] === 'string' ? ` (image ${show(part['image'])})` : ''
}

function volumeSource(volume: Fields): string {
  const [source = 'unknown', value] = Object.entries(volume).find(([field]) => field !== 'name') ?? []
  const target = Object.values(fields(value)).find((inner) => typeof inner === 'string')
  return target === undefined ? source : `${source} ${target}`
}

function envValue(env: Fields): string {
  if (env['valueFrom'] === undefined) return show(typeof env['value'] === 'string' ? env['value'] : '')
  const [[kind, ref] = ['valueFrom', {}]] = Object.entries(fields(env['valueFrom']))
  return show(`${kind} ${Object.values(fields(ref)).join('/')}`)
}

/** Mounts by path: the same volume may be mounted twice. */
function mounts(value: unknown): Fields {
  return Object.fromEntries(
    list(value).map(({ name, mountPath, readOnly, subPath }) => [
      `volumeMount ${String(mountPath)}`,
      `${String(name)}${readOnly === true ? ' read-only' : ''}${typeof subPath === 'string' ? ` subPath ${subPath}` : ''}`,
    ]),
  )
}

/** Redacted before it is clipped: half a secret no longer looks like one. */
function show(value: string): string {
  return value === '' ? '""' : clip(redact(value), 120)
}

function restartOf(template: Fields): string | undefined {
  return fields(fields(template['metadata'])['annotations'])[restartAnnotation] as string | undefined
}

function byName(value: unknown): Map<string, Fields> {
  return new Map(list(value).map((item) => [String(item['name']), item]))
}

function list(value: unknown): Fields[] {
  return Array.isArray(value) ? (value as unknown[]).map(fields) : []
}

function fields(value: unknown): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {}
}

function without(value: Fields, names: ReadonlySet<string>): Fields {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name)))
}

function union(a: Iterable<string>, b: Iterable<string>): string[] {
  return [...new Set([...a, ...b])]
}

function same(a: Fields, b: Fields): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
