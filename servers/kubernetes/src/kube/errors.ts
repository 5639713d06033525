import { clip } from '@kubevigil/core/budget'
import { UserError } from '@kubevigil/mcp-kit/errors'

export type KubeFailure =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'invalid'
  | 'timeout'
  | 'unreachable'
  | 'expired'
  | 'server'

/** A failed call to the Kubernetes API, worded for the user. `failure` tells a caller what it may do about it. */
export class KubeError extends UserError {
  readonly failure: KubeFailure
  readonly status: number | undefined
  /** How long the server wants us to wait before another try, in milliseconds. */
  readonly retryAfterMs: number | undefined

  constructor(
    failure: KubeFailure,
    message: string,
    hint: string,
    options: ErrorOptions & { status?: number; retryAfterMs?: number | undefined } = {},
  ) {
    super(`kubernetes-${failure}`, message, hint, options)
    this.failure = failure
    this.status = options.status
    this.retryAfterMs = options.retryAfterMs
  }
}

/** Words an HTTP status and the server's own Status body. The server's text is quoted and bounded. */
export function fromStatus(
  status: number,
  body: string,
  path: string,
  context: string,
  retryAfterMs?: number,
): KubeError {
  const said = statusMessage(body)
  const what = path.split('?')[0] ?? path
  switch (status) {
    case 401:
      return new KubeError(
        'unauthorized',
        `The API server does not accept the credentials of context "${context}".`,
        'Log in again or renew the token in the kubeconfig.',
        { status },
      )
    case 403:
      return new KubeError(
        'forbidden',
        `Not allowed: ${said || what}.`,
        'Grant the right (get, list, watch) or ask for a namespace you may read.',
        { status },
      )
    case 404:
      return new KubeError(
        'not-found',
        `Not found: ${said || what}.`,
        'Check kind, namespace and name; list_resources shows what is there.',
        { status },
      )
    case 410:
      return new KubeError('expired', `The continue token expired: ${said}.`, 'List again from the start.', { status })
    case 400:
    case 422:
      return new KubeError(
        'invalid',
        `The API server refused the request: ${said || 'it does not say why'}.`,
        'Correct the selector, container or name.',
        { status },
      )
    default:
      return new KubeError(
        'server',
        `The API server answered ${status} for ${what}: ${said || 'no message'}.`,
        'Try again; if it lasts, look at the control plane.',
        { status, retryAfterMs },
      )
  }
}

/** Words a failure below HTTP. */
export function fromNetwork(error: unknown, server: string): KubeError {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'the connection is refused',
    ECONNRESET: 'the connection was cut',
    ENOTFOUND: 'its name does not resolve',
    EAI_AGAIN: 'its name does not resolve',
    EHOSTUNREACH: 'there is no route to it',
    ENETUNREACH: 'there is no route to it',
    ETIMEDOUT: 'it does not answer',
    CERT_HAS_EXPIRED: 'its certificate has expired',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by the authority in the kubeconfig',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by the authority in the kubeconfig',
    SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by the authority in the kubeconfig',
    ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  }
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error))
  return new KubeError(
    'unreachable',
    `The API server ${server} cannot be reached: ${reason}.`,
    'Check that the cluster is up and that this machine reaches it (VPN, firewall, server address in the kubeconfig).',
    { cause: error },
  )
}

/** Words that a token, certificate or exec plugin of the kubeconfig could not be had. The cause's text is quoted and bounded. */
export function noCredentials(error: unknown, context: string): KubeError {
  const said = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim()
  return new KubeError(
    'unauthorized',
    `The credentials of context "${context}" cannot be had: ${clip(said, 200) || 'no reason given'}.`,
    'Check the user in the kubeconfig: its files, and its exec command by hand (log in again if it asks).',
    { cause: error },
  )
}

/** An API server that accepted the request and did not answer in time. */
export function timedOut(server: string, path: string, millis: number): KubeError {
  return new KubeError(
    'timeout',
    `The API server ${server} did not answer ${path.split('?')[0]} within ${Math.round(millis / 100) / 10} s.`,
    'The control plane may hang or be overloaded; try again or narrow the request to a namespace.',
  )
}

function statusMessage(body: string): string {
  try {
    const message = (JSON.parse(body) as { message?: unknown }).message
    if (typeof message === 'string') return clip(message, 300).replace(/\.$/, '')
  } catch {
    // Not every error body is a Status: proxies answer HTML, the root handler plain text.
  }
  const words = body
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return clip(words, 120)
}
