import type { Management } from '@kubevigil/core/change'
import { tidyPath } from '@kubevigil/core/correlate'
import type { ObjectRef } from '@kubevigil/core/incident'
import type { Coverage } from '@kubevigil/core/observe'
import { serviceOf, type ServiceCatalog } from '@kubevigil/core/policy'

/** Where to look for the changes of a workload. */
export interface Target {
  /** owner/name; empty when nothing says it. */
  repository: string
  /** Folder of its manifests; empty when unknown. */
  path: string
  /** Branch to read; empty for the default one. */
  branch: string
  /** Repository the live objects name that GitHub does not hold; empty when there is none such. */
  elsewhere: string
}

interface Source {
  repository: string
  path: string
  branch: string
}

/**
 * Tells where a workload's manifests live: by its live objects, else the services file, else the caller's arguments. Path and branch
 * are taken from the first source that gives one for the same repository.
 * @param host host of the GitHub API, to tell its repositories from those of other hosts
 */
export function resolveTarget(
  asked: { workload: ObjectRef; management: Management; repository?: string | undefined; path?: string | undefined },
  catalog: ServiceCatalog,
  host: string,
): Target {
  const { management, workload } = asked
  const live = ownerAndName(management.repository, host)
  const listed = serviceOf(catalog, workload)?.repository
  const sources: Source[] = [
    { repository: live ?? '', path: management.path, branch: management.branch },
    { repository: listed?.name ?? '', path: listed?.path ?? '', branch: listed?.branch ?? '' },
    { repository: asked.repository ?? '', path: asked.path ?? '', branch: '' },
  ]
  const elsewhere = live === undefined ? management.repository : ''
  // What the live objects say of a repository that cannot be read does not describe another one.
  const usable = elsewhere === '' ? sources : sources.slice(1)
  const repository = usable.find((source) => source.repository !== '')?.repository ?? ''
  const same = usable.filter((source) => ['', repository.toLowerCase()].includes(source.repository.toLowerCase()))
  const branch = same.find((source) => isBranch(source.branch))?.branch ?? ''
  return { repository, path: tidyPath(same.find(({ path }) => path !== '')?.path ?? ''), branch, elsewhere }
}

/** Whether there is a repository to read, and it may be read; throws when it may not. */
export function permit(target: Target, allow: (repository: string) => void, note: (entry: Coverage) => void): boolean {
  if (target.elsewhere !== '') {
    note({
      source: target.elsewhere.slice(0, 100),
      status: 'absent',
      detail: 'The live objects name this repository, which this GitHub does not hold; it was not read.',
    })
  }
  if (target.repository === '') {
    note({
      source: 'repository',
      status: 'absent',
      detail:
        'Nothing says where the manifests live: name the repository in the services file (KUBEVIGIL_SERVICES) or pass repository and path.',
    })
    return false
  }
  allow(target.repository)
  return true
}

/** `owner/name` of what a live object calls its repository; undefined for another host's, and for what is none. */
export function ownerAndName(repository: string, apiHost: string): string | undefined {
  const text = repository
    .trim()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
  if (/^[\w.-]+\/[\w.-]+$/.test(text)) return text
  const [, host = '', name] =
    /^(?:(?:https?|ssh):\/\/)?(?:[^@/\s]*@)?([\w.-]+)(?::\d+)?[/:]([\w.-]+\/[\w.-]+)$/.exec(text) ?? []
  const web = apiHost.replace(/:\d+$/, '').replace(/^api\./, '')
  const isStandIn = web === 'localhost' || web.startsWith('127.')
  return [web, ...(isStandIn ? ['github.com'] : [])].includes(host.toLowerCase()) ? name : undefined
}

/** A branch that can be asked for: no `HEAD`, no version pattern, no option. */
function isBranch(branch: string): boolean {
  return branch !== '' && branch !== 'HEAD' && /^\w[\w./-]*$/.test(branch) && !branch.includes('..')
}
