import type { FindingLinks } from '../incident.ts'

export type PullFailure = NonNullable<FindingLinks['registry']>['failure']

/** Texts of containerd, CRI-O and registries, in the order that tells causes apart (Radar's order). */
const failures: readonly { failure: PullFailure; pattern: RegExp }[] = [
  { failure: 'invalid', pattern: /invalid reference format|couldn't parse image|InvalidImageName|ErrImageNeverPull/i },
  { failure: 'rate-limit', pattern: /toomanyrequests|too many requests|rate limit|\b429\b/i },
  {
    failure: 'unreachable',
    pattern:
      /no such host|i\/o timeout|connection refused|connection reset|dial tcp|x509|tls:|TLS handshake|context deadline exceeded|no route to host|network is unreachable|\b50[0234]\b|bad gateway|service unavailable|gateway timeout|RegistryUnavailable|unexpected EOF/i,
  },
  {
    failure: 'auth',
    pattern: /unauthorized|denied|forbidden|authorization failed|authentication required|no basic auth|\b40[13]\b/i,
  },
  {
    failure: 'not-found',
    pattern: /manifest unknown|not found|NotFound|\b404\b|name unknown|no match for platform|no matching manifest/i,
  },
]

/** What kept an image from being pulled, by the runtime's own words. */
export function pullFailure(message: string): PullFailure {
  return failures.find(({ pattern }) => pattern.test(message))?.failure ?? 'unknown'
}

/** The registry an image comes from: the first part of its name when it looks like a host, else Docker Hub (as containerd resolves it). */
export function registryOf(image: string): string {
  const first = image.split('/')[0] ?? ''
  const isHost = image.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost')
  return isHost ? first.toLowerCase() : 'docker.io'
}
