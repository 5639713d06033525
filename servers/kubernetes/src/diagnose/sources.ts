import { clip } from '@kubevigil/core/budget'
import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import type { Coverage } from '@kubevigil/core/observe'
import { UserError } from '@kubevigil/mcp-kit/errors'
import type { KubeClient, ListOptions } from '../kube/client.ts'
import { KubeError } from '../kube/errors.ts'
import { coverageOf } from '../observe/coverage.ts'

/** Reads for one answer. Nothing here throws because something cannot be read: it says so in `coverage` and goes on. */
export interface Sources {
  /** What was read and what could not be, in the order of asking. */
  coverage: Coverage[]
  /** Objects of a kind (`plural.group`), at most `most`; undefined when they cannot be read, empty when the cluster has no such kind. */
  list: (
    kind: string,
    options?: Omit<ListOptions, 'signal'> & { most?: number; source?: string },
  ) => Promise<KubernetesObject[] | undefined>
  /** One object; null when it does not exist, undefined when that cannot be told. */
  object: (kind: string, namespace: string | undefined, name: string) => Promise<KubernetesObject | null | undefined>
  /** Any other read: its coverage entry counts what `work` gives, when that is a list. */
  attempt: <T>(source: string, work: () => Promise<T>) => Promise<T | undefined>
}

/** Most objects one list reads unless told otherwise: about 5 MB of pods. */
const defaultMost = 500

export function createSources(kube: KubeClient, signal: AbortSignal): Sources {
  const coverage: Coverage[] = []

  /** Reads, and fills the entry that was put into the coverage when the reading began: entries stand in the order of asking. */
  async function read<T>(source: string, work: () => Promise<T>): Promise<{ value: T | undefined; entry: Coverage }> {
    const entry: Coverage = { source, status: 'ok', detail: '' }
    coverage.push(entry)
    try {
      const value = await work()
      Object.assign(entry, coverageOf(source, Array.isArray(value) ? value.length : 1))
      return { value, entry }
    } catch (error) {
      signal.throwIfAborted()
      const absent = error instanceof UserError && error.code === 'kind-unknown'
      const gap = absent ? { status: 'absent', detail: 'the cluster does not offer it' } : coverageOf(source, 0, error)
      Object.assign(entry, gap)
      return { value: undefined, entry }
    }
  }

  const attempt: Sources['attempt'] = async (source, work) => (await read(source, work)).value

  return {
    coverage,
    attempt,

    async list(kind, { most = defaultMost, source = kind, ...options } = {}) {
      let cut = false
      const { value, entry } = await read(source, async () => {
        const items: KubernetesObject[] = []
        for await (const item of kube.list(await kube.type(kind, signal), { ...options, signal })) {
          if (items.length === most) {
            cut = true
            break
          }
          items.push(item)
        }
        return items
      })
      if (cut) Object.assign(entry, { status: 'partial', detail: `only the first ${most} were read` })
      return value === undefined && entry.status === 'absent' ? [] : value
    },

    object: (kind, namespace, name) =>
      attempt(`${kind} ${name}`, async () => {
        try {
          return await kube.object(await kube.type(kind, signal), namespace, name, signal)
        } catch (error) {
          if (error instanceof KubeError && error.failure === 'not-found') return null
          throw error
        }
      }),
  }
}

/** Coverage with the sources that were read whole in one entry; each gap keeps its own. */
export function briefCoverage(coverage: readonly Coverage[]): Coverage[] {
  const whole = new Set(coverage.filter((entry) => entry.status === 'ok').map((entry) => entry.source))
  const gaps = coverage
    .filter((entry) => entry.status !== 'ok')
    .map((entry) => ({ ...entry, detail: clip(entry.detail, 200) }))
  return whole.size === 0 ? gaps : [...gaps, { source: [...whole].join(', ').slice(0, 400), status: 'ok', detail: '' }]
}
