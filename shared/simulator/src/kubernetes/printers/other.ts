import { count, list, object, objects, text, type KubernetesObject } from '../json.ts'
import { createdAge, type Row } from './cells.ts'

export function printConfigMap(item: KubernetesObject, now: number): Row {
  const size = Object.keys(object(item, 'data')).length + Object.keys(object(item, 'binaryData')).length
  return { cells: [item.metadata.name, String(size), createdAge(item, now)] }
}

export function printServiceAccount(item: KubernetesObject, now: number): Row {
  return { cells: [item.metadata.name, String(list(item, 'secrets').length), createdAge(item, now)] }
}

export function printLease(item: KubernetesObject, now: number): Row {
  return { cells: [item.metadata.name, text(item, 'spec', 'holderIdentity'), createdAge(item, now)] }
}

export function printPriorityClass(item: KubernetesObject, now: number): Row {
  const isDefault = item['globalDefault'] === true
  const policy = text(item, 'preemptionPolicy')
  return { cells: [item.metadata.name, count(item, 'value'), isDefault, createdAge(item, now), policy] }
}

export function printControllerRevision(item: KubernetesObject, now: number): Row {
  const owner = objects(item, 'metadata', 'ownerReferences').find((reference) => reference['controller'] === true)
  const group = text(owner, 'apiVersion').split('/')[0] ?? ''
  const controller =
    owner === undefined ? '<none>' : `${text(owner, 'kind').toLowerCase()}.${group}/${text(owner, 'name')}`
  return { cells: [item.metadata.name, controller, count(item, 'revision'), createdAge(item, now)] }
}

export function printRoleBinding(item: KubernetesObject, now: number): Row {
  const role = `${text(item, 'roleRef', 'kind')}/${text(item, 'roleRef', 'name')}`
  const named = (kind: string): string =>
    objects(item, 'subjects')
      .filter((subject) => subject['kind'] === kind)
      .map((subject) => [text(subject, 'namespace'), text(subject, 'name')].filter((part) => part !== '').join('/'))
      .join(', ')
  const subjects = [named('User'), named('Group'), named('ServiceAccount')]
  return { cells: [item.metadata.name, role, createdAge(item, now), ...subjects] }
}

export function printComponentStatus(item: KubernetesObject): Row {
  const healthy = objects(item, 'conditions').find((condition) => condition['type'] === 'Healthy')
  const status = { True: 'Healthy', False: 'Unhealthy' }[text(healthy, 'status')] ?? 'Unknown'
  return { cells: [item.metadata.name, status, text(healthy, 'message'), text(healthy, 'error')] }
}

/** An Argo CD Application, by the additional columns of its CustomResourceDefinition. */
export function printApplication(item: KubernetesObject, now: number): Row {
  const status = (...path: string[]): string => text(item, 'status', ...path)
  const cells = [item.metadata.name, status('sync', 'status'), status('health', 'status'), createdAge(item, now)]
  return { cells: [...cells, status('sync', 'revision')] }
}

/** A custom resource that says nothing about columns. */
export function printCustom(item: KubernetesObject, now: number): Row {
  return { cells: [item.metadata.name, createdAge(item, now)] }
}

/** A built-in kind without a printer. */
export function printCreated(item: KubernetesObject): Row {
  return { cells: [item.metadata.name, item.metadata.creationTimestamp ?? null] }
}
