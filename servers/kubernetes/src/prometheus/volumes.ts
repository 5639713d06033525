import type { VolumeUsage } from '@kubevigil/core/metrics'
import type { Prometheus } from './client.ts'

const fourDays = 4 * 24 * 3600
const by = 'min by (namespace, persistentvolumeclaim)'

/**
 * How full every mounted volume is, as the kubelets tell Prometheus: four queries, each one number a volume that is worth telling
 * of, so that the answer does not grow with what is well.
 * @param namespace a checked name: it stands in the query; all when undefined
 * @throws PrometheusError
 */
export async function readVolumes(
  prometheus: Prometheus,
  namespace: string | undefined,
  now: number,
  signal: AbortSignal,
): Promise<VolumeUsage[]> {
  const within = namespace === undefined ? '{namespace!=""}' : `{namespace="${namespace}"}`
  const amounts = [
    ['space', 'kubelet_volume_stats_available_bytes', 'kubelet_volume_stats_capacity_bytes'],
    ['inodes', 'kubelet_volume_stats_inodes_free', 'kubelet_volume_stats_inodes'],
  ] as const
  const volumes = new Map<string, VolumeUsage>()
  await Promise.all(
    amounts.map(async ([amount, free, whole]) => {
      const [shares, ends] = await Promise.all([
        // Nearly empty ones are of no interest: what is beyond a fifth is left where it is.
        prometheus.query(`${by} (${free}${within} / ${whole}${within}) < 0.2`, now, signal),
        prometheus.query(`${by} (predict_linear(${free}${within}[6h], ${fourDays})) < 0`, now, signal),
      ])
      const ending = new Set(ends.samples.map(({ labels }) => keyOf(labels)))
      for (const { labels, value } of shares.samples) {
        const key = keyOf(labels)
        const { namespace: space = '', persistentvolumeclaim: claim = '' } = labels
        const known = volumes.get(key) ?? { namespace: space, claim }
        volumes.set(key, { ...known, [amount]: { free: value, fullWithinDays: ending.has(key) } })
      }
    }),
  )
  return [...volumes.values()]
}

function keyOf({ namespace = '', persistentvolumeclaim = '' }: Record<string, string>): string {
  return `${namespace}/${persistentvolumeclaim}`
}
