import { age } from '../duration.ts'
import { list, object, objects, scalarText, text, type Json, type JsonObject, type KubernetesObject } from '../json.ts'

/** One row of a Table: a value for each column, and conditions where the kind has them. */
export interface Row {
  cells: Json[]
  conditions?: Json[]
}

/** Makes the row of one object at `now` (milliseconds), following k8s.io/kubernetes/pkg/printers/internalversion. */
export type Printer = (object: KubernetesObject, now: number) => Row

export const none = '<none>'
export const unset = '<unset>'

/** The age since creation. */
export function createdAge(item: KubernetesObject, now: number): string {
  return age(item.metadata.creationTimestamp ?? '', now)
}

export function orNone(value: string): string {
  return value === '' ? none : value
}

/** `a=b,c=d` in order of keys. */
export function labelPairs(labels: JsonObject): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${scalarText(value)}`)
  return orNone(pairs.sort().join(','))
}

/** A LabelSelector as text: match labels first, then expressions. */
export function selectorText(selector: JsonObject): string {
  const labels = Object.entries(object(selector, 'matchLabels')).map(([key, value]) => `${key}=${scalarText(value)}`)
  const expressions = objects(selector, 'matchExpressions').map(expressionText)
  return orNone([...labels.sort(), ...expressions].join(','))
}

function expressionText(expression: JsonObject): string {
  const key = text(expression, 'key')
  const values = list(expression, 'values').map(String).sort().join(',')
  switch (text(expression, 'operator')) {
    case 'In':
      return `${key} in (${values})`
    case 'NotIn':
      return `${key} notin (${values})`
    case 'DoesNotExist':
      return `!${key}`
    default:
      return key
  }
}

/** Names and images of a pod template's containers: the two last-but-one wide columns of workloads. */
export function containerCells(podSpec: JsonObject): [string, string] {
  const containers = objects(podSpec, 'containers')
  const names = containers.map((container) => text(container, 'name'))
  return [names.join(','), containers.map((container) => text(container, 'image')).join(',')]
}

const shortModes: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

export function accessModes(modes: Json[]): string {
  return modes.map((mode) => shortModes[scalarText(mode)] ?? scalarText(mode)).join(',')
}

/** A pointer to a boolean as Go's printers write it. */
export function booleanText(value: Json | undefined): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : unset
}
