/** ssh.github.com takes ssh where port 22 is shut. */
const github = /^(?:www\.|ssh\.)?github\.com$/

/**
 * The repository of a Git address, whatever its form (https, ssh, git@host:path): `owner/name` for one on github.com, else
 * `https://host/path`, so that another host's repository is never taken for GitHub's. What is no Git address (a chart
 * registry) comes back whole. None carries a user or a password.
 */
export function repositoryOf(address: string): string {
  // git@host:path is ssh's own way to write it.
  const url = URL.parse(address.trim().replace(/^(?:[\w.-]+@)?([\w.-]+):(?!\/)/, 'ssh://$1/'))
  const path = url?.pathname.replace(/^\/+/, '').replace(/(?:\.git)?\/*$/, '') ?? ''
  if (url === null || path === '' || !/^(?:https?|ssh|git):$/.test(url.protocol)) {
    return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1')
  }
  return github.test(url.hostname) ? path : `https://${url.hostname}/${path}`
}

/** The commit of a Flux revision: `main@sha1:abc`, `sha1:abc`, or `main/abc` as older versions wrote it; others stay as they are. */
export function commitOf(revision: string): string {
  return /(?:sha1|sha256):([0-9a-f]+)$/i.exec(revision)?.[1] ?? /^.+\/([0-9a-f]{40})$/.exec(revision)?.[1] ?? revision
}

/** The branch or tag of a Flux revision; empty when it names none. */
export function branchOf(revision: string): string {
  return /^(.+)@sha\d+:/.exec(revision)?.[1] ?? /^(.+)\/[0-9a-f]{40}$/.exec(revision)?.[1] ?? ''
}
