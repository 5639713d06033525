import { age, humanDuration } from '../duration.ts'
import {
  count,
  field,
  list,
  object,
  objects,
  scalarText,
  text,
  type JsonObject,
  type KubernetesObject,
} from '../json.ts'
import { booleanText, containerCells, createdAge, labelPairs, none, selectorText, type Row } from './cells.ts'

function template(item: KubernetesObject): [string, string] {
  return containerCells(object(item, 'spec', 'template', 'spec'))
}

function selector(item: KubernetesObject): string {
  return selectorText(object(item, 'spec', 'selector'))
}

function status(item: KubernetesObject, name: string): number {
  return count(item, 'status', name)
}

export function printDeployment(item: KubernetesObject, now: number): Row {
  const ready = `${status(item, 'readyReplicas')}/${count(item, 'spec', 'replicas')}`
  const replicas = [ready, status(item, 'updatedReplicas'), status(item, 'availableReplicas')]
  return { cells: [item.metadata.name, ...replicas, createdAge(item, now), ...template(item), selector(item)] }
}

export function printReplicaSet(item: KubernetesObject, now: number): Row {
  const replicas = [count(item, 'spec', 'replicas'), status(item, 'replicas'), status(item, 'readyReplicas')]
  return { cells: [item.metadata.name, ...replicas, createdAge(item, now), ...template(item), selector(item)] }
}

export function printStatefulSet(item: KubernetesObject, now: number): Row {
  const ready = `${status(item, 'readyReplicas')}/${count(item, 'spec', 'replicas')}`
  return { cells: [item.metadata.name, ready, createdAge(item, now), ...template(item)] }
}

export function printDaemonSet(item: KubernetesObject, now: number): Row {
  const numbers = [
    'desiredNumberScheduled',
    'currentNumberScheduled',
    'numberReady',
    'updatedNumberScheduled',
    'numberAvailable',
  ].map((name) => status(item, name))
  const nodeSelector = labelPairs(object(item, 'spec', 'template', 'spec', 'nodeSelector'))
  const cells = [item.metadata.name, ...numbers, nodeSelector, createdAge(item, now), ...template(item), selector(item)]
  return { cells }
}

export function printJob(item: KubernetesObject, now: number): Row {
  const cells = [item.metadata.name, jobStatus(item), completions(item), jobDuration(item, now)]
  return { cells: [...cells, createdAge(item, now), ...template(item), selector(item)] }
}

function jobStatus(job: KubernetesObject): string {
  const holds = (type: string): boolean =>
    objects(job, 'status', 'conditions').some((item) => item['type'] === type && item['status'] === 'True')
  if (holds('Complete')) return 'Complete'
  if (holds('Failed')) return 'Failed'
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating'
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(holds) ?? 'Running'
}

function completions(job: KubernetesObject): string {
  const succeeded = status(job, 'succeeded')
  const wanted = field(job, 'spec', 'completions')
  if (typeof wanted === 'number') return `${succeeded}/${wanted}`
  const parallelism = count(job, 'spec', 'parallelism')
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function jobDuration(job: KubernetesObject, now: number): string {
  const started = text(job, 'status', 'startTime')
  const completed = text(job, 'status', 'completionTime')
  if (started === '') return ''
  return humanDuration((completed === '' ? now : Date.parse(completed)) - Date.parse(started))
}

export function printCronJob(item: KubernetesObject, now: number): Row {
  const jobTemplate: JsonObject = object(item, 'spec', 'jobTemplate', 'spec')
  const lastSchedule = text(item, 'status', 'lastScheduleTime')
  return {
    cells: [
      item.metadata.name,
      text(item, 'spec', 'schedule'),
      text(item, 'spec', 'timeZone') || none,
      booleanText(field(item, 'spec', 'suspend')),
      list(item, 'status', 'active').length,
      lastSchedule === '' ? none : age(lastSchedule, now),
      createdAge(item, now),
      ...containerCells(object(jobTemplate, 'template', 'spec')),
      selectorText(object(jobTemplate, 'selector')),
    ],
  }
}

export function printDisruptionBudget(item: KubernetesObject, now: number): Row {
  const bound = (name: string): string => scalarText(field(item, 'spec', name) ?? 'N/A')
  const allowed = status(item, 'disruptionsAllowed')
  return {
    cells: [item.metadata.name, bound('minAvailable'), bound('maxUnavailable'), allowed, createdAge(item, now)],
  }
}
