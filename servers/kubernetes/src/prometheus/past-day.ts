import type { Prometheus, Sample } from './client.ts'

/** What Prometheus knows of the last day of one pod or node; a figure it has no samples for is absent. */
export interface PastDay {
  /** Highest five-minute mean, in cores. */
  cpuPeak?: number
  /** Largest working set, in bytes. */
  memoryPeak?: number
  /** Share of scheduling periods in which a CPU limit held a container back, 0 to 1, of the worst container. */
  throttled?: number
  restarts?: number
}

/** By `namespace/pod`, or by node. */
export type PastDays = ReadonlyMap<string, PastDay>

// Without a container name it is the whole pod's; POD is the pause container. One container may be scraped by several jobs.
const containersOf = (within: string): string => `{${within},container!="",container!="POD"}`
const one = 'max by (namespace, pod, container)'
const perPod = 'sum by (namespace, pod)'
const range = '[1d:5m]'

/**
 * The last day of every pod in scope, one query a figure. Throttling is kubernetes-mixin's CPUThrottlingHigh: throttled periods
 * among all periods.
 * @param namespace a checked name: it stands in the query; all when undefined
 * @throws PrometheusError
 */
export async function podsPastDay(
  prometheus: Prometheus,
  namespace: string | undefined,
  now: number,
  signal: AbortSignal,
): Promise<PastDays> {
  const within = namespace === undefined ? 'namespace!=""' : `namespace="${namespace}"`
  const containers = containersOf(within)
  const increase = (metric: string): string => `${one} (increase(${metric}${containers}[1d]))`
  const [throttled, periods] = ['container_cpu_cfs_throttled_periods_total', 'container_cpu_cfs_periods_total']
  return read(
    prometheus,
    {
      cpuPeak: `max_over_time(${perPod} (${one} (rate(container_cpu_usage_seconds_total${containers}[5m])))${range})`,
      memoryPeak: `max_over_time(${perPod} (${one} (container_memory_working_set_bytes${containers}))${range})`,
      throttled: `max by (namespace, pod) (${increase(throttled)} / ${increase(periods)})`,
      restarts: `${perPod} (${one} (increase(kube_pod_container_status_restarts_total{${within}}[1d])))`,
    },
    ({ namespace: space = '', pod = '' }) => `${space}/${pod}`,
    { now, signal },
  )
}

/** The last day of every node, by the root cgroup as cAdvisor measures it. @throws PrometheusError */
export async function nodesPastDay(prometheus: Prometheus, now: number, signal: AbortSignal): Promise<PastDays> {
  return read(
    prometheus,
    {
      cpuPeak: `max_over_time(max by (node) (rate(container_cpu_usage_seconds_total{id="/",node!=""}[5m]))${range})`,
      memoryPeak: `max_over_time(max by (node) (container_memory_working_set_bytes{id="/",node!=""})${range})`,
    },
    ({ node = '' }) => node,
    { now, signal },
  )
}

async function read(
  prometheus: Prometheus,
  queries: Partial<Record<keyof PastDay, string>>,
  keyOf: (labels: Sample['labels']) => string,
  { now, signal }: { now: number; signal: AbortSignal },
): Promise<PastDays> {
  const answers = await Promise.all(
    Object.entries(queries).map(async ([figure, promql]) => ({
      figure: figure as keyof PastDay,
      ...(await prometheus.query(promql, now, signal)),
    })),
  )
  const days = new Map<string, PastDay>()
  for (const { figure, samples } of answers)
    for (const { labels, value } of samples) {
      const key = keyOf(labels)
      const day = days.get(key) ?? {}
      day[figure] = value
      days.set(key, day)
    }
  return days
}
