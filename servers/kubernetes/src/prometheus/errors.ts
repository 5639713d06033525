import { clip } from '@kubevigil/core/budget'
import { UserError } from '@kubevigil/mcp-kit/errors'

export type PrometheusFailure = 'forbidden' | 'timeout' | 'error'

/** A failed query, worded for the user. `failure` is the status its coverage gets. */
export class PrometheusError extends UserError {
  readonly failure: PrometheusFailure

  constructor(failure: PrometheusFailure, message: string, hint: string, options: ErrorOptions = {}) {
    super(`prometheus-${failure}`, message, hint, options)
    this.failure = failure
  }
}

/** Words an HTTP status and what the server said, which is quoted and bounded. */
export function fromStatus(status: number, body: string, server: string): PrometheusError {
  if (status === 401 || status === 403)
    return new PrometheusError(
      'forbidden',
      `Prometheus ${server} answered ${status}: it does not accept these credentials.`,
      'Set PROMETHEUS_TOKEN to a bearer token that may query it.',
    )
  if (status === 404)
    return new PrometheusError(
      'error',
      `Prometheus ${server} has no query API there (404).`,
      'Set PROMETHEUS_URL to the address before /api/v1, with its path prefix if it has one.',
    )
  const said = saidIn(body)
  return new PrometheusError(
    status === 503 ? 'timeout' : 'error',
    `Prometheus ${server} answered ${status}${said === '' ? '' : `, saying "${said}"`}.`,
    status === 422 || status === 503
      ? 'Ask for fewer days or one namespace: it may have to load too many samples.'
      : 'Try again; if it lasts, look at Prometheus.',
  )
}

/** Words a failure below HTTP. */
export function fromNetwork(error: unknown, server: string): PrometheusError {
  const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'the connection is refused',
    ECONNRESET: 'the connection was cut',
    ENOTFOUND: 'its name does not resolve',
    EAI_AGAIN: 'its name does not resolve',
  }
  return new PrometheusError(
    'error',
    `Prometheus ${server} cannot be reached: ${reasons[code ?? ''] ?? clip(message, 200)}.`,
    'Check PROMETHEUS_URL and that this machine reaches it (kubectl port-forward, VPN).',
    { cause: error },
  )
}

export function timedOut(server: string, millis: number): PrometheusError {
  return new PrometheusError(
    'timeout',
    `Prometheus ${server} did not answer within ${Math.round(millis / 100) / 10} s.`,
    'Ask for fewer days or one namespace.',
  )
}

export function tooMuch(server: string, bytes: number): PrometheusError {
  return new PrometheusError(
    'error',
    `Prometheus ${server} answered more than ${Math.round(bytes / 1e5) / 10} MB.`,
    'Ask for one namespace.',
  )
}

export function notUnderstood(server: string, cause: unknown): PrometheusError {
  return new PrometheusError(
    'error',
    `The server ${server} answered something that is no answer of a Prometheus.`,
    'Check that PROMETHEUS_URL is a Prometheus or speaks its API (Thanos, Mimir, VictoriaMetrics).',
    { cause },
  )
}

function saidIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: unknown }
    return typeof error === 'string' ? clip(error.replace(/\s+/g, ' ').trim(), 200) : ''
  } catch {
    return ''
  }
}
