import { age } from '../duration.ts'
import { count, field, objects, text, type Json, type JsonObject, type KubernetesObject } from '../json.ts'
import { createdAge, orNone, none, type Row } from './cells.ts'

interface Tally {
  reason: string
  ready: number
  total: number
  restarts: number
  lastRestart: string
}

const finished: Record<string, Json[]> = {
  Succeeded: [
    { type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' },
  ],
  Failed: [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }],
}

/** The pod row: READY, STATUS and RESTARTS are computed exactly as printPod does. */
export function printPod(pod: KubernetesObject, now: number): Row {
  const tally = tallyOf(pod)
  const phase = text(pod, 'status', 'phase')
  const gates = objects(pod, 'spec', 'readinessGates')
  const restarts = tally.restarts === 0 || tally.lastRestart === '' ? '' : ` (${age(tally.lastRestart, now)} ago)`
  const conditions = finished[phase]
  return {
    cells: [
      pod.metadata.name,
      `${tally.ready}/${tally.total}`,
      statusOf(pod, tally.reason),
      `${tally.restarts}${restarts}`,
      createdAge(pod, now),
      orNone(text(pod, 'status', 'podIP')),
      orNone(text(pod, 'spec', 'nodeName')),
      orNone(text(pod, 'status', 'nominatedNodeName')),
      gates.length === 0 ? none : `${gates.filter((gate) => gatePassed(pod, gate)).length}/${gates.length}`,
    ],
    ...(conditions === undefined ? {} : { conditions }),
  }
}

function statusOf(pod: KubernetesObject, reason: string): string {
  if (pod.metadata.deletionTimestamp === undefined) return reason
  if (text(pod, 'status', 'reason') === 'NodeLost') return 'Unknown'
  const phase = text(pod, 'status', 'phase')
  return phase === 'Succeeded' || phase === 'Failed' ? reason : 'Terminating'
}

function tallyOf(pod: KubernetesObject): Tally {
  const gated = objects(pod, 'status', 'conditions').some(
    (condition) => text(condition, 'type') === 'PodScheduled' && text(condition, 'reason') === 'SchedulingGated',
  )
  const reason = text(pod, 'status', 'reason') || text(pod, 'status', 'phase')
  const sidecars = sidecarNames(pod)
  const tally: Tally = {
    reason: gated ? 'SchedulingGated' : reason,
    ready: 0,
    total: objects(pod, 'spec', 'containers').length + sidecars.size,
    restarts: 0,
    lastRestart: '',
  }
  const ofSidecars = { restarts: 0, lastRestart: '' }
  const initializing = tallyInit(pod, sidecars, tally, ofSidecars)
  if (initializing && conditionStatus(pod, 'Initialized') !== 'True') return tally
  tally.restarts = ofSidecars.restarts
  tally.lastRestart = ofSidecars.lastRestart
  tallyContainers(pod, tally)
  return tally
}

/** Goes through the init containers up to the first that is not done; true when one is not. */
function tallyInit(
  pod: KubernetesObject,
  sidecars: ReadonlySet<string>,
  tally: Tally,
  ofSidecars: Pick<Tally, 'restarts' | 'lastRestart'>,
): boolean {
  for (const [index, status] of objects(pod, 'status', 'initContainerStatuses').entries()) {
    const sidecar = sidecars.has(text(status, 'name'))
    addRestarts(tally, status)
    if (sidecar) addRestarts(ofSidecars, status)
    const terminated = field(status, 'state', 'terminated')
    if (terminated !== undefined && count(terminated, 'exitCode') === 0) continue
    if (sidecar && status['started'] === true) {
      if (status['ready'] === true) tally.ready += 1
      continue
    }
    const waiting = text(status, 'state', 'waiting', 'reason')
    if (terminated !== undefined) tally.reason = `Init:${terminatedReason(terminated)}`
    else if (waiting !== '' && waiting !== 'PodInitializing') tally.reason = `Init:${waiting}`
    else tally.reason = `Init:${index}/${objects(pod, 'spec', 'initContainers').length}`
    return true
  }
  return false
}

function tallyContainers(pod: KubernetesObject, tally: Tally): void {
  let running = false
  for (const status of objects(pod, 'status', 'containerStatuses').reverse()) {
    addRestarts(tally, status)
    const waiting = text(status, 'state', 'waiting', 'reason')
    const terminated = field(status, 'state', 'terminated')
    if (waiting !== '') tally.reason = waiting
    else if (terminated !== undefined) tally.reason = terminatedReason(terminated)
    else if (status['ready'] === true && field(status, 'state', 'running') !== undefined) {
      running = true
      tally.ready += 1
    }
  }
  // A finished container beside a running one does not make the pod Completed.
  if (tally.reason === 'Completed' && running) {
    tally.reason = conditionStatus(pod, 'Ready') === 'True' ? 'Running' : 'NotReady'
  }
}

function terminatedReason(terminated: Json): string {
  const signal = count(terminated, 'signal')
  return text(terminated, 'reason') || (signal === 0 ? `ExitCode:${count(terminated, 'exitCode')}` : `Signal:${signal}`)
}

function addRestarts(tally: Pick<Tally, 'restarts' | 'lastRestart'>, status: JsonObject): void {
  tally.restarts += count(status, 'restartCount')
  const finishedAt = text(status, 'lastState', 'terminated', 'finishedAt')
  if (finishedAt > tally.lastRestart) tally.lastRestart = finishedAt
}

/** Init containers that keep running beside the others. */
function sidecarNames(pod: KubernetesObject): Set<string> {
  const restartable = objects(pod, 'spec', 'initContainers').filter((item) => item['restartPolicy'] === 'Always')
  return new Set(restartable.map((item) => text(item, 'name')))
}

function conditionStatus(pod: KubernetesObject, type: string): string {
  return text(
    objects(pod, 'status', 'conditions').find((condition) => condition['type'] === type),
    'status',
  )
}

function gatePassed(pod: KubernetesObject, gate: JsonObject): boolean {
  return conditionStatus(pod, text(gate, 'conditionType')) === 'True'
}
