import { clip } from '@kubevigil/core/budget'
import type { ObjectRef } from '@kubevigil/core/incident'
import type { Container, KubernetesObject, Pod } from '@kubevigil/core/kubernetes'
import { taintText } from '../scheduling/node-checks.ts'
import type { Taint } from '../scheduling/types.ts'
import { containerState } from './pod-state.ts'
import { podSpecOf } from './references.ts'
import { selectorOf } from './selectors.ts'

export interface ContainerRow {
  name: string
  image: string
  ready: boolean | null
  restarts: number | null
  state: string
  lastState: string
  requests: string
  limits: string
}

type Values = Record<string, unknown>

/** Replicas wanted and what became of them; null for kinds that have none. */
export function replicasOf(
  kind: string,
  { spec = {}, status = {} }: KubernetesObject,
): { desired: number; ready: number; updated: number | null; available: number | null } | null {
  if (kind === 'DaemonSet') {
    return {
      desired: count(status['desiredNumberScheduled']) ?? 0,
      ready: count(status['numberReady']) ?? 0,
      updated: count(status['updatedNumberScheduled']),
      available: count(status['numberAvailable']),
    }
  }
  if (spec['template'] === undefined || !('selector' in spec) || kind === 'Job') return null
  return {
    desired: count(spec['replicas']) ?? 1,
    ready: count(status['readyReplicas']) ?? 0,
    updated: count(status['updatedReplicas']),
    available: count(status['availableReplicas']),
  }
}

/** What one asks first about an object of its kind, a line each. */
export function factsOf({ kind }: ObjectRef, object: KubernetesObject): string[] {
  const lines = byKind[kind]?.(object.spec ?? {}, object.status ?? {}, object) ?? []
  const paused =
    object.spec?.['paused'] === true || object.spec?.['suspend'] === true ? ['paused or suspended on purpose'] : []
  const deleting =
    object.metadata.deletionTimestamp === undefined
      ? []
      : [
          `being deleted since ${object.metadata.deletionTimestamp}${(object.metadata.finalizers ?? []).length > 0 ? `; finalizers ${object.metadata.finalizers!.join(', ')}` : ''}`,
        ]
  return [...lines.filter((line) => line !== ''), ...paused, ...deleting].map((line) => clip(line, 250)).slice(0, 12)
}

const byKind: Record<string, (spec: Values, status: Values, object: KubernetesObject) => string[]> = {
  Pod: (spec, status) => [
    `node ${text(spec['nodeName']) || 'none yet'}`,
    line('QoS class', status['qosClass']),
    line('priority class', spec['priorityClassName']),
    line('service account', spec['serviceAccountName']),
    line('node selector', pairs(spec['nodeSelector'])),
    line('pod IP', status['podIP']),
  ],
  Deployment: (spec, _, object) => [
    line('strategy', (spec['strategy'] as Values | undefined)?.['type']),
    line('selector', selectorOf(object)),
  ],
  StatefulSet: (spec, _, object) => [
    line('headless service', spec['serviceName']),
    line('selector', selectorOf(object)),
  ],
  Job: (spec, status) => [
    `succeeded ${text(status['succeeded']) || 0} of ${text(spec['completions']) || 1}, failed ${text(status['failed']) || 0}, active ${text(status['active']) || 0}`,
    line('backoff limit', spec['backoffLimit']),
  ],
  CronJob: (spec, status) => [
    line('schedule', spec['schedule']),
    line('last scheduled', status['lastScheduleTime']),
    line('last success', status['lastSuccessfulTime']),
  ],
  Service: (spec, _, object) => [
    line('type', spec['type']),
    line('selector', selectorOf(object)),
    line('ports', ports(spec['ports'])),
  ],
  PersistentVolumeClaim: (spec, status) => [
    line('phase', status['phase']),
    line('class', spec['storageClassName']),
    line('volume', spec['volumeName']),
    line('asked for', pairs((spec['resources'] as Values | undefined)?.['requests'])),
  ],
  Node: (spec, status) => [
    line('kubelet', (status['nodeInfo'] as Values | undefined)?.['kubeletVersion']),
    line('allocatable', pairs(status['allocatable'])),
    line('taints', ((spec['taints'] ?? []) as Taint[]).map(taintText).join(', ')),
    spec['unschedulable'] === true ? 'cordoned' : '',
  ],
  HorizontalPodAutoscaler: (spec, status) => [
    `replicas ${text(status['currentReplicas']) || '?'} now, ${text(status['desiredReplicas']) || '?'} wanted, between ${text(spec['minReplicas']) || 1} and ${text(spec['maxReplicas'])}`,
  ],
  Application: (_, status) => [
    line('health', (status['health'] as Values | undefined)?.['status']),
    line('sync', (status['sync'] as Values | undefined)?.['status']),
    line('last operation', (status['operationState'] as Values | undefined)?.['message']),
  ],
}

/** The containers of a pod with their state, or those of a template without. */
export function containersOf(kind: string, object: KubernetesObject, now: number): ContainerRow[] {
  const spec = podSpecOf(object, kind)
  const pod = kind === 'Pod' ? (object as unknown as Pod) : undefined
  const statuses = new Map(
    [...(pod?.status.initContainerStatuses ?? []), ...(pod?.status.containerStatuses ?? [])].map((status) => [
      status.name,
      status,
    ]),
  )
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
    .slice(0, 12)
    .map((container: Container): ContainerRow => {
      const status = statuses.get(container.name)
      const { state, last } = pod === undefined ? { state: '', last: '' } : containerState(status, now)
      return {
        name: container.name,
        image: (container.image ?? '').slice(0, 200),
        ready: status?.ready ?? null,
        restarts: status?.restartCount ?? null,
        state,
        lastState: last,
        requests: pairs(container.resources?.requests),
        limits: pairs(container.resources?.limits),
      }
    })
}

function count(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function line(label: string, value: unknown): string {
  const words = text(value)
  return words === '' ? '' : `${label} ${words}`
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function pairs(value: unknown): string {
  return value === null || typeof value !== 'object'
    ? ''
    : Object.entries(value)
        .map(([key, inner]) => `${key}=${text(inner)}`)
        .join(', ')
}

function ports(value: unknown): string {
  return Array.isArray(value)
    ? value.map((port: Values) => `${text(port['port'])}→${text(port['targetPort'])}`).join(', ')
    : ''
}
