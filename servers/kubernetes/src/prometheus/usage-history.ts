import { day, minute } from '@kubevigil/core/time'
import type { Prometheus, Sample } from './client.ts'

/** What Prometheus knows of one container of one pod, gone ones included. */
export interface ContainerHistory {
  namespace: string
  pod: string
  container: string
  /** 95th percentile of the cores in use. */
  cpu?: number
  /** Largest working set in bytes. */
  memory?: number
  /** Steps with a sample. */
  points: number
  /** Memory limit of a pod that was OOM-killed. */
  oomKilledAt?: number
}

export interface UsageHistory {
  containers: ContainerHistory[]
  stepMs: number
  /** What Prometheus warns of, such as a part of its stores that did not answer. Text from it: data. */
  warnings: string[]
}

type Figure = 'cpu' | 'memory' | 'points' | 'oomKilledAt'

/**
 * Reads the past of every container in scope: one query a figure, each answering one number a container, so that the answer
 * does not grow with the days. The queries are krr's, with its subqueries.
 * @param namespace a checked name: it stands in the query; all when undefined
 * @throws PrometheusError
 */
export async function readUsageHistory(
  prometheus: Prometheus,
  scope: { namespace: string | undefined; days: number; now: number },
  signal: AbortSignal,
): Promise<UsageHistory> {
  const stepMs = stepOf(scope.days)
  const queries = Object.entries(queriesFor(scope.namespace, scope.days, stepMs)) as [Figure, string][]
  const answers = await Promise.all(
    queries.map(async ([figure, promql]) => ({ figure, ...(await prometheus.query(promql, scope.now, signal)) })),
  )
  const containers = new Map<string, ContainerHistory>()
  for (const { figure, samples } of answers) for (const sample of samples) put(containers, figure, sample)
  return { containers: [...containers.values()], stepMs, warnings: answers.flatMap(({ warnings }) => warnings) }
}

/**
 * Five minutes; beyond a week longer, so that a month costs Prometheus no more samples than a week does (its own bound is
 * 50 million a query). krr steps by 75 seconds and asks workload by workload.
 */
function stepOf(days: number): number {
  return 5 * minute * Math.max(1, Math.ceil(days / 7))
}

function queriesFor(namespace: string | undefined, days: number, stepMs: number): Record<Figure, string> {
  const within = namespace === undefined ? 'namespace!=""' : `namespace="${namespace}"`
  const step = `${stepMs / 1000}s`
  const range = `[${(days * day) / 1000}s:${step}]`
  // Without a container name it is the whole pod's; POD is the pause container.
  const running = `{${within},container!="",container!="POD"}`
  // One container may be scraped twice, by several jobs.
  const one = 'max by (namespace, pod, container)'
  const killed = `${one} (kube_pod_container_status_last_terminated_reason{${within},reason="OOMKilled"}) > 0`
  const limits = `${one} (kube_pod_container_resource_limits{${within},resource="memory"})`
  return {
    cpu: `quantile_over_time(0.95, ${one} (rate(container_cpu_usage_seconds_total${running}[${step}]))${range})`,
    memory: `max_over_time(${one} (container_memory_working_set_bytes${running})${range})`,
    points: `count_over_time(${one} (container_memory_working_set_bytes${running})${range})`,
    oomKilledAt: `max_over_time((${limits} and on (namespace, pod, container) (${killed}))${range})`,
  }
}

function put(containers: Map<string, ContainerHistory>, figure: Figure, { labels, value }: Sample): void {
  const { namespace = '', pod = '', container = '' } = labels
  const key = `${namespace}/${pod}/${container}`
  const known = containers.get(key) ?? { namespace, pod, container, points: 0 }
  known[figure] = value
  containers.set(key, known)
}
