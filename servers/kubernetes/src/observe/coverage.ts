import { clip } from '@kubevigil/core/budget'
import type { Coverage } from '@kubevigil/core/observe'
import { describeError } from '@kubevigil/mcp-kit/errors'
import { KubeError } from '../kube/errors.ts'
import { PrometheusError } from '../prometheus/errors.ts'

/** What reading a source came to: how many were read, or in words why not. */
export function coverageOf(source: string, count: number, error?: unknown): Coverage {
  if (error === undefined) return { source, status: 'ok', detail: `${count} read` }
  const status = statusOf(error)
  const detail = clip(describeError(error), 300)
  return count > 0
    ? { source, status: 'partial', detail: `${count} read, then: ${detail}` }
    : { source, status, detail }
}

function statusOf(error: unknown): Coverage['status'] {
  if (error instanceof PrometheusError) return error.failure
  if (!(error instanceof KubeError)) return 'error'
  if (error.failure === 'forbidden' || error.failure === 'unauthorized') return 'forbidden'
  return error.failure === 'timeout' ? 'timeout' : 'error'
}
