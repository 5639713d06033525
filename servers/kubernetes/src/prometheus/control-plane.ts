import type { ControlPlaneFault } from '@kubevigil/core/metrics'
import type { Prometheus } from './client.ts'

/** Share of requests to the API server that fail on its side, over a time. */
const failing = (over: string): string =>
  `sum(rate(apiserver_request_total{code=~"5.."}[${over}])) / sum(rate(apiserver_request_total[${over}]))`

/** A share that is failing over a long and a short time. A budget of one percent burns so 14.4 and 6 times too fast (kubernetes-mixin, KubeAPIErrorBudgetBurn). */
const burns = (share: string, long: string, short: string): string =>
  `(${failing(long)}) > ${share} and (${failing(short)}) > ${share}`

/** What is asked, and the fault that an answer stands for; the value is what its evidence tells. */
const questions: readonly { kind: ControlPlaneFault['kind']; promql: string }[] = [
  { kind: 'api-errors', promql: burns('0.144', '1h', '5m') },
  { kind: 'api-errors-slow', promql: burns('0.06', '6h', '30m') },
  // Seven days: the mixin's KubeletClientCertificateExpiration.
  {
    kind: 'kubelet-certificate',
    promql: 'min by (node) (kubelet_certificate_manager_client_ttl_seconds{node!=""}) < 604800',
  },
  { kind: 'etcd-leader', promql: 'min(etcd_server_has_leader) == 0' },
]

/**
 * What is wrong with the control plane, as Prometheus knows it: nothing for a control plane that is well, or that is managed by
 * somebody else and not scraped.
 * @throws PrometheusError
 */
export async function readControlPlane(
  prometheus: Prometheus,
  now: number,
  signal: AbortSignal,
): Promise<ControlPlaneFault[]> {
  const answers = await Promise.all(
    questions.map(async ({ kind, promql }) => ({ kind, ...(await prometheus.query(promql, now, signal)) })),
  )
  return answers.flatMap(({ kind, samples }) =>
    samples.map(({ labels, value }) => ({ kind, node: labels['node'] ?? '', value })),
  )
}
