import type { ContainerStatus, KubernetesObject, Pod } from '../../shared/core/src/kubernetes.ts'
import { observedKinds, type ClusterSnapshot } from '../../shared/core/src/observe.ts'
import { day, hour, minute, second, toInstant } from '../../shared/core/src/time.ts'
import { nightlyBackup } from './nightly-backup.ts'

/** Monday, 00:00 UTC. */
export const monday = Date.parse('2026-11-16T00:00:00Z')

interface App {
  name: string
  kind: 'Deployment' | 'StatefulSet'
  replicas: number
  /** From a container's start to ready. */
  startTakes: number
  /** Begins of rollouts, in milliseconds after Monday. */
  rollouts: number[]
}

const daily = (...clocks: number[]): number[] => [0, 1, 2, 3, 4].flatMap((on) => clocks.map((at) => on * day + at))

/** The homelab's services. Rollouts take one replica at a time and wait for it, as a Deployment's defaults do. */
const apps: readonly App[] = [
  {
    name: 'chores-tracker-backend',
    kind: 'Deployment',
    replicas: 2,
    startTakes: 5.5 * minute,
    rollouts: daily(10 * hour),
  },
  {
    name: 'chores-tracker-frontend',
    kind: 'Deployment',
    replicas: 2,
    startTakes: 40 * second,
    rollouts: daily(9 * hour, 15 * hour),
  },
  { name: 'n8n', kind: 'Deployment', replicas: 1, startTakes: 50 * second, rollouts: [2 * day + 11 * hour] },
  { name: 'mysql', kind: 'StatefulSet', replicas: 1, startTakes: 30 * second, rollouts: [] },
  { name: 'cert-manager', kind: 'Deployment', replicas: 1, startTakes: 20 * second, rollouts: [3 * day + 14 * hour] },
]
const nodes = ['node-1', 'node-2', 'node-3']
/** Nodes that are drained and rebooted: one after the other in one night, and one on another day. */
const reboots = [
  { node: 'node-1', at: day + 3 * hour },
  { node: 'node-2', at: day + 3 * hour + 20 * minute },
  { node: 'node-3', at: 4 * day + 13 * hour },
]
/** A drained node is cordoned, is away while it boots, and is then opened again. */
const reboot = { downAfter: 8 * minute, upAfter: 11 * minute, openAfter: 13 * minute }
/** A node's machine that hung and came back by itself, with its pods. */
const hiccup = { node: 'node-2', at: 5 * day + 20 * hour, lasts: 100 * second }

/** The cluster as the API shows it at an instant of a healthy week. */
export function healthyWeek(now: number): ClusterSnapshot {
  const pods = apps.flatMap((app) => podsOf(app, now))
  const objects = Object.fromEntries(observedKinds.map((kind) => [kind, [] as unknown[]]))
  objects['nodes'] = nodes.map((name) => nodeOf(name, now))
  objects['deployments'] = apps.filter(({ kind }) => kind === 'Deployment').map((app) => workloadOf(app, pods))
  objects['statefulsets'] = apps.filter(({ kind }) => kind === 'StatefulSet').map((app) => workloadOf(app, pods))
  const { cronjob, job, pods: backups } = nightlyBackup(now, monday)
  objects['cronjobs'] = [cronjob]
  objects['jobs'] = [job]
  objects['pods'] = [...pods, ...backups]
  return {
    cluster: 'home',
    takenAt: toInstant(now),
    coverage: ['api', ...observedKinds].map((source) => ({ source, status: 'ok', detail: '' })),
    objects: objects as unknown as ClusterSnapshot['objects'],
    census: { total: pods.length, byNode: new Map(), unreadLike: new Map() },
  }
}

function podsOf({ name, kind, replicas, startTakes, rollouts }: App, now: number): Pod[] {
  return Array.from({ length: replicas }, (_, index) => index).flatMap((index) => {
    const home = (apps.findIndex((app) => app.name === name) + index) % nodes.length
    // Each replica is replaced in its turn, once the one before it is ready; a drain moves it off its node.
    const born = [
      monday - 30 * day,
      ...rollouts.map((at) => monday + at + index * (startTakes + minute)),
      ...reboots.filter(({ node }) => node === nodes[home]).map(({ at }) => monday + at + index * second),
    ]
      .filter((at) => at <= now)
      .sort((a, b) => a - b)
    const [before, last] = [born.at(-2), born.at(-1)!]
    const moved = reboots.some(({ node, at }) => node === nodes[home] && now >= monday + at)
    const node = nodes[(home + (moved ? 1 : 0)) % nodes.length]!
    const made = podOf(`${name}-${index}-${last}`, { name, kind, node, created: last, startTakes }, now)
    // A rollout or a careful drain starts the new pod first; a StatefulSet's only pod ends before.
    const overlaps = before !== undefined && kind === 'Deployment' && now < last + startTakes + 10 * second
    if (!overlaps) return [made]
    return [
      podOf(`${name}-${index}-${before}`, { name, kind, node: nodes[home]!, created: before, startTakes }, now),
      made,
    ]
  })
}

interface Made {
  name: string
  kind: App['kind']
  node: string
  created: number
  startTakes: number
}

function podOf(pod: string, { name, kind, node, created, startTakes }: Made, now: number): Pod {
  const struck = monday + hiccup.at
  const restarted = node === hiccup.node && created < struck && now >= struck + hiccup.lasts
  const started = restarted ? struck + hiccup.lasts : created + 8 * second
  const isReady = now >= started + startTakes
  const status: ContainerStatus = {
    name: 'app',
    ready: isReady,
    started: now >= started,
    restartCount: restarted ? 1 : 0,
    state:
      now >= started ? { running: { startedAt: toInstant(started) } } : { waiting: { reason: 'ContainerCreating' } },
    ...(restarted
      ? { lastState: { terminated: { reason: 'Unknown', exitCode: 255, finishedAt: toInstant(started) } } }
      : {}),
  }
  const since = isReady ? started + startTakes : restarted ? struck : created
  const condition = { type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: toInstant(since) }
  const owner = kind === 'Deployment' ? { kind: 'ReplicaSet', name: `${name}-5d8c7b9f6d` } : { kind, name }
  return {
    metadata: {
      name: pod,
      namespace: 'default',
      uid: pod,
      creationTimestamp: toInstant(created),
      labels: { app: name, 'pod-template-hash': '5d8c7b9f6d' },
      ownerReferences: [{ ...owner, controller: true }],
    },
    spec: {
      nodeName: node,
      containers: [
        {
          name: 'app',
          image: `${name}:1`,
          readinessProbe: { initialDelaySeconds: Math.floor(startTakes / second) - 10 },
        },
      ],
    },
    status: { phase: now >= started ? 'Running' : 'Pending', conditions: [condition], containerStatuses: [status] },
  }
}

function workloadOf({ name, replicas }: App, pods: readonly Pod[]): KubernetesObject {
  const own = pods.filter(({ metadata }) => metadata.labels?.['app'] === name)
  const readyReplicas = Math.min(replicas, own.filter(({ status }) => status.containerStatuses![0]!.ready).length)
  return {
    metadata: { name, namespace: 'default', generation: 1, creationTimestamp: toInstant(monday - 30 * day) },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: { spec: own[0]!.spec } },
    status: {
      observedGeneration: 1,
      replicas,
      readyReplicas,
      updatedReplicas: replicas,
      availableReplicas: readyReplicas,
    },
  }
}

function nodeOf(name: string, now: number): KubernetesObject {
  const since = now - monday
  const planned = reboots.find(({ node, at }) => node === name && since >= at && since < at + reboot.openAfter)
  const booting = planned !== undefined && since >= planned.at + reboot.downAfter && since < planned.at + reboot.upAfter
  // The node controller notices a silent kubelet after 40 seconds (node-monitor-grace-period 50 s since 1.32).
  const hung = name === hiccup.node && since >= hiccup.at + 50 * second && since < hiccup.at + hiccup.lasts
  const changed = booting ? planned.at + reboot.downAfter : hiccup.at + 50 * second
  return {
    metadata: { name, creationTimestamp: toInstant(monday - 90 * day) },
    spec: planned === undefined ? {} : { unschedulable: true },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: booting || hung ? 'Unknown' : 'True',
          lastTransitionTime: toInstant(booting || hung ? monday + changed : monday - 90 * day),
        },
      ],
    },
  }
}
