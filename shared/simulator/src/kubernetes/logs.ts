import type { Cluster } from './cluster.ts'
import { field, object, objects, text, type JsonObject, type KubernetesObject } from './json.ts'
import { textReply, type Reply } from './reply.ts'
import { isTrue, type ApiRequest } from './request.ts'
import { StatusError, badRequest, invalid, type StatusCause } from './status.ts'

interface LogOptions {
  container: string
  previous: boolean
  timestamps: boolean
  tailLines: number | undefined
  limitBytes: number | undefined
  /** Milliseconds; lines from before are left out. */
  since: number | undefined
}

interface Line {
  at: number
  text: string
}

const stamp = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/

/** GET of a pod's log: chooses the container as the API and the kubelet do, then cuts the recorded text. */
export function podLog(cluster: Cluster, request: ApiRequest, pod: KubernetesObject): Reply {
  const options = readOptions(request.query, cluster.now())
  const container = chooseContainer(pod, options.container)
  // A pod without a node has nobody to ask: the server answers with an empty log.
  if (text(pod, 'spec', 'nodeName') === '') return logReply('')
  refuseDeadNode(cluster, pod, container)
  refuseWaiting(pod, container, options.previous)
  const key = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}/${container}${options.previous ? '?previous' : ''}`
  return logReply(cut(cluster.log(key) ?? '', options, cluster.loadedAt()))
}

function logReply(body: string): Reply {
  return textReply(body, 200, 'text/plain')
}

function readOptions(query: URLSearchParams, now: number): LogOptions {
  const causes: StatusCause[] = []
  const number = (name: string, least: number): number | undefined => {
    const value = query.get(name)
    if (value === null || value === '') return undefined
    if (!/^[+-]?\d+$/.test(value))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
    if (Number(value) < least) {
      const message = `Invalid value: ${value}: must be greater than ${least === 0 ? 'or equal to 0' : '0'}`
      causes.push({ reason: 'FieldValueInvalid', message, field: name })
    }
    return Number(value)
  }
  const tailLines = number('tailLines', 0)
  const limitBytes = number('limitBytes', 1)
  const sinceSeconds = number('sinceSeconds', 1)
  const sinceTime = query.get('sinceTime') ?? ''
  if (sinceTime !== '' && Number.isNaN(Date.parse(sinceTime))) {
    throw badRequest(`parsing time ${JSON.stringify(sinceTime)} as "2006-01-02T15:04:05Z07:00": cannot parse`)
  }
  if (causes.length > 0) throw invalid('PodLogOptions', '', '', causes)
  return {
    container: query.get('container') ?? '',
    previous: isTrue(query.get('previous')),
    timestamps: isTrue(query.get('timestamps')),
    tailLines,
    limitBytes,
    since: sinceTime === '' ? sinceSeconds && now - sinceSeconds * 1000 : Date.parse(sinceTime),
  }
}

function chooseContainer(pod: KubernetesObject, asked: string): string {
  const names = (kind: string): string[] => objects(pod, 'spec', kind).map((container) => text(container, 'name'))
  const [main, init, ephemeral] = [names('containers'), names('initContainers'), names('ephemeralContainers')]
  if (asked !== '') {
    if ([...main, ...init, ...ephemeral].includes(asked)) return asked
    throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`)
  }
  const [only] = main
  if (only !== undefined && main.length + init.length === 1) return only
  const alsoInit = init.length === 0 ? '' : ` or one of the init containers: [${init.join(' ')}]`
  const choice = `[${main.join(' ')}]${alsoInit}`
  throw badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: ${choice}`)
}

/** The API fetches logs from the kubelet: on a node whose kubelet stopped, that fails. */
function refuseDeadNode(cluster: Cluster, pod: KubernetesObject, container: string): void {
  const node = cluster.store.get('/nodes', '', text(pod, 'spec', 'nodeName'))
  const ready = objects(node, 'status', 'conditions').find((condition) => condition['type'] === 'Ready')
  if (ready?.['status'] !== 'Unknown') return
  const address = `${text(pod, 'status', 'hostIP') || text(pod, 'spec', 'nodeName')}:10250`
  const url = `https://${address}/containerLogs/${pod.metadata.namespace ?? ''}/${pod.metadata.name}/${container}`
  throw new StatusError(500, 'InternalError', `Get "${url}": dial tcp ${address}: connect: no route to host`)
}

/** The kubelet has no log for a container that never ran; its words are those of validateContainerLogStatus. */
function refuseWaiting(pod: KubernetesObject, container: string, previous: boolean): void {
  const of = `container "${container}" in pod "${pod.metadata.name}"`
  const status = statusOf(pod, container)
  if (status === undefined) throw badRequest(`${of} is not available`)
  const ranBefore = field(status, 'lastState', 'terminated') !== undefined
  if (previous) {
    if (ranBefore) return
    throw badRequest(`previous terminated container "${container}" in pod "${pod.metadata.name}" not found`)
  }
  const waiting = object(status, 'state', 'waiting')
  const never = field(status, 'state', 'running') === undefined && field(status, 'state', 'terminated') === undefined
  if (never && !ranBefore) throw badRequest(`${of} is waiting to start: ${waitingText(text(waiting, 'reason'))}`)
}

function waitingText(reason: string): string {
  if (reason === 'ErrImagePull') return "image can't be pulled"
  return reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : reason
}

function statusOf(pod: KubernetesObject, container: string): JsonObject | undefined {
  const all = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']
  return all.flatMap((name) => objects(pod, 'status', name)).find((status) => status['name'] === container)
}

function cut(log: string, options: LogOptions, end: number): string {
  if (log === '') return ''
  let lines = timed(log, end)
  const { since, tailLines, limitBytes } = options
  if (since !== undefined) lines = lines.filter((line) => line.at >= since)
  if (tailLines !== undefined) lines = lines.slice(Math.max(0, lines.length - tailLines))
  const shown = lines.map((line) => (options.timestamps ? `${nanoseconds(line.at)} ${line.text}` : line.text)).join('')
  if (limitBytes === undefined) return shown
  return Buffer.from(shown).subarray(0, limitBytes).toString('utf8')
}

/**
 * Gives every line its time. A dump keeps only the text: a line that shows an RFC 3339 time has that one, a line without
 * has the time of the line before, and a log without any time ends when the dump was taken, one line a second.
 */
function timed(log: string, end: number): Line[] {
  const texts = log.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const stamps = texts.map((line) => Date.parse(stamp.exec(line)?.[0] ?? ''))
  const first = stamps.find((at) => !Number.isNaN(at))
  if (first === undefined)
    return texts.map((line, index) => ({ at: end - (texts.length - 1 - index) * 1000, text: line }))
  let last = first
  return texts.map((line, index) => {
    const own = stamps[index] ?? Number.NaN
    last = Number.isNaN(own) ? last : own
    return { at: last, text: line }
  })
}

/** RFC 3339 with nine digits, as the container runtime stamps lines. */
function nanoseconds(at: number): string {
  return new Date(at).toISOString().replace('Z', '000000Z')
}
