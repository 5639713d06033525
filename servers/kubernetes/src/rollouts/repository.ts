/**
 * The repository of a Git address as `owner/name`, whatever the form: https, ssh, git@host:path. An address with more or fewer
 * parts (a GitLab subgroup, a chart repository) comes back whole, without credentials.
 */
export function repositoryOf(url: string): string {
  const bare = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1')
  const path = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/]+\/|[\w.-]+@[^:/]+:)(.+?)(?:\.git)?\/?$/i.exec(bare)?.[1]
  return path !== undefined && /^[^/\s]+\/[^/\s]+$/.test(path) && !bare.startsWith('oci:') ? path : bare
}

/** The commit of a Flux revision: `main@sha1:abc`, `sha1:abc`, or `main/abc` as older versions wrote it; others stay as they are. */
export function commitOf(revision: string): string {
  return /(?:sha1|sha256):([0-9a-f]+)$/i.exec(revision)?.[1] ?? /^.+\/([0-9a-f]{40})$/.exec(revision)?.[1] ?? revision
}

/** The branch or tag of a Flux revision; empty when it names none. */
export function branchOf(revision: string): string {
  return /^(.+)@sha\d+:/.exec(revision)?.[1] ?? /^(.+)\/[0-9a-f]{40}$/.exec(revision)?.[1] ?? ''
}
