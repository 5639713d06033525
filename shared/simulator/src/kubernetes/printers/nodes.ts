import { age } from '../duration.ts'
import { field, objects, scalarText, text, type JsonObject, type KubernetesObject } from '../json.ts'
import { createdAge, none, orNone, type Row } from './cells.ts'

const rolePrefix = 'node-role.kubernetes.io/'

export function printNode(node: KubernetesObject, now: number): Row {
  const info = (name: string): string => text(node, 'status', 'nodeInfo', name)
  const kernel = info('kernelVersion') === '' ? '<unknown>' : `${info('kernelVersion')} (${info('architecture')})`
  return {
    cells: [
      node.metadata.name,
      nodeStatus(node),
      roles(node),
      createdAge(node, now),
      info('kubeletVersion'),
      address(node, 'InternalIP'),
      address(node, 'ExternalIP'),
      orUnknown(info('osImage')),
      kernel,
      orUnknown(info('containerRuntimeVersion')),
    ],
  }
}

function orUnknown(value: string): string {
  return value === '' ? '<unknown>' : value
}

function nodeStatus(node: KubernetesObject): string {
  const ready = objects(node, 'status', 'conditions').find((condition) => condition['type'] === 'Ready')
  const word = ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady'
  return field(node, 'spec', 'unschedulable') === true ? `${word},SchedulingDisabled` : word
}

function roles(node: KubernetesObject): string {
  const labels = Object.entries((node.metadata['labels'] ?? {}) as JsonObject)
  const found = labels.flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return [key.slice(rolePrefix.length)]
    return key === 'kubernetes.io/role' ? [scalarText(value)] : []
  })
  return orNone([...new Set(found)].sort().join(','))
}

function address(node: KubernetesObject, type: string): string {
  const found = objects(node, 'status', 'addresses').find((item) => item['type'] === type)
  return found === undefined ? none : text(found, 'address')
}

export function printNamespace(item: KubernetesObject, now: number): Row {
  return { cells: [item.metadata.name, text(item, 'status', 'phase'), createdAge(item, now)] }
}

/** The event row: both the old timestamps with a count and the new series. */
export function printEvent(event: KubernetesObject, now: number): Row {
  const first = age(text(event, 'firstTimestamp') || text(event, 'eventTime'), now)
  const lastTimestamp = text(event, 'series', 'lastObservedTime') || text(event, 'lastTimestamp')
  const about = field(event, 'involvedObject')
  const kind = text(about, 'kind').toLowerCase()
  const name = text(about, 'name')
  const component = text(event, 'source', 'component') || text(event, 'reportingComponent')
  const host = text(event, 'source', 'host') || text(event, 'reportingInstance')
  return {
    cells: [
      lastTimestamp === '' ? first : age(lastTimestamp, now),
      text(event, 'type'),
      text(event, 'reason'),
      name === '' ? kind : `${kind}/${name}`,
      text(about, 'fieldPath'),
      host === '' ? component : `${component}, ${host}`,
      text(event, 'message').trim(),
      first,
      Number(field(event, 'series', 'count') ?? field(event, 'count') ?? 1) || 1,
      event.metadata.name,
    ],
  }
}
