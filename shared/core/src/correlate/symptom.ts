import type { ChangeFact } from './change-facts.ts'
import type { FactKind } from './fact-kinds.ts'

/** How a workload fails, as far as it tells which changes can be behind it. */
export type Symptom =
  | 'oom'
  | 'image-pull'
  | 'crash'
  | 'config'
  | 'pending'
  | 'unhealthy'
  | 'ingress'
  | 'rollout'
  | 'other'

/** Rule codes are matched by their words, so that a new rule finds its symptom without an entry here; the first match counts. */
const words: readonly [RegExp, Symptom][] = [
  [/OOM|MEMORY/, 'oom'],
  [/IMAGE|PULL|REGISTRY/, 'image-pull'],
  [/CERT|TLS|INGRESS|GATEWAY|ROUTE/, 'ingress'],
  [/CONFIG|SECRET|MOUNT|CREATE_ERROR|CREATING/, 'config'],
  [/CRASH|RESTART|EXIT|TERMINATED|START_ERROR|CANNOT_RUN|INIT_|JOB/, 'crash'],
  [/SCHEDUL|PENDING|QUOTA|REFUSED|PVC?_|VOLUME|STORAGE|ATTACH|EVICT/, 'pending'],
  [/ROLLOUT|PROGRESS|DEADLINE|REPLICA|UNAVAILABLE|HPA|AUTOSCAL|SYNC|GITOPS/, 'rollout'],
  [/READY|PROBE|LIVENESS|STARTUP|UNHEALTHY|ENDPOINT|SERVICE|DNS/, 'unhealthy'],
  [/FAIL/, 'crash'],
]

/** The symptom a detection rule's code speaks of, such as `oom` for POD_OOM_KILLED. */
export function symptomOf(rule: string): Symptom {
  const code = rule.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()
  return words.find(([pattern]) => pattern.test(code))?.[1] ?? 'other'
}

/** How well a change explains a symptom, 0 to 1; `kind:lowered` and `kind:raised` go before the plain kind. */
type Weights = Partial<Record<FactKind | `${FactKind}:lowered` | `${FactKind}:raised`, number>>

/** Symptom against change. Our own judgement, after the table in k8s-monitor's github-reviewer and Komodor's and Robusta's change lists. */
const matrix: Record<Symptom, Weights> = {
  oom: {
    'memory-limit:lowered': 1,
    'memory-limit:raised': 0,
    'memory-limit': 0.6,
    'runtime-memory': 0.8,
    image: 0.6,
    command: 0.4,
    env: 0.3,
    config: 0.3,
    'replicas:lowered': 0.3,
    'replicas:raised': 0,
  },
  'image-pull': { image: 1, 'pull-secret': 1, 'service-account': 0.5, 'secret-ref': 0.5 },
  crash: {
    image: 1,
    command: 1,
    env: 0.8,
    'runtime-memory': 0.8,
    config: 0.8,
    'secret-ref': 0.8,
    security: 0.7,
    probe: 0.7,
    volume: 0.6,
    'service-account': 0.5,
    'memory-limit:lowered': 0.5,
    'memory-limit:raised': 0,
    'cpu-limit:lowered': 0.4,
    'cpu-limit:raised': 0,
    port: 0.4,
    'network-policy': 0.4,
  },
  config: {
    'secret-ref': 1,
    config: 1,
    env: 0.8,
    volume: 0.8,
    storage: 0.6,
    security: 0.7,
    command: 0.5,
    'service-account': 0.4,
    image: 0.3,
  },
  pending: {
    'memory-request:raised': 1,
    'cpu-request:raised': 1,
    'memory-request:lowered': 0,
    'cpu-request:lowered': 0,
    scheduling: 1,
    storage: 0.9,
    quota: 0.9,
    security: 0.6,
    volume: 0.8,
    'service-account': 0.5,
    'memory-request': 0.6,
    'cpu-request': 0.6,
    'replicas:raised': 0.6,
    'replicas:lowered': 0,
    'autoscaling:raised': 0.6,
    // A limit without a request is the request.
    'memory-limit:raised': 0.5,
    'cpu-limit:raised': 0.5,
    port: 0.4,
  },
  unhealthy: {
    probe: 1,
    port: 0.9,
    service: 0.9,
    'network-policy': 0.8,
    'cpu-limit:lowered': 0.6,
    'cpu-limit:raised': 0,
    image: 0.6,
    env: 0.5,
    'runtime-memory': 0.5,
    config: 0.5,
    'secret-ref': 0.5,
    command: 0.5,
  },
  ingress: {
    ingress: 1,
    certificate: 1,
    service: 0.7,
    port: 0.7,
    'secret-ref': 0.6,
    'network-policy': 0.5,
    config: 0.3,
  },
  rollout: {
    image: 0.8,
    probe: 0.8,
    command: 0.7,
    env: 0.6,
    config: 0.6,
    'secret-ref': 0.6,
    strategy: 0.6,
    autoscaling: 0.6,
    'memory-limit:lowered': 0.6,
    'memory-limit:raised': 0.2,
    'memory-request:raised': 0.6,
    'cpu-request:raised': 0.6,
    scheduling: 0.6,
    security: 0.6,
    quota: 0.6,
    replicas: 0.5,
    volume: 0.5,
  },
  other: { image: 0.4, config: 0.4, env: 0.4, command: 0.4, 'memory-limit:lowered': 0.4, replicas: 0.3, probe: 0.3 },
}

/** How well one change explains a symptom, 0 to 1. */
export function weightOf(symptom: Symptom, fact: Pick<ChangeFact, 'kind' | 'direction'>): number {
  const weights = matrix[symptom]
  const directed = fact.direction === undefined ? undefined : weights[`${fact.kind}:${fact.direction}`]
  return directed ?? weights[fact.kind] ?? 0
}
