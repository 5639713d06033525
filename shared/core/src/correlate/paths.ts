/** What a file is to a workload. */
export type Ownership = 'owned' | 'shared' | 'foreign'

/** Where a workload's manifests live. */
export interface Home {
  /** Folder of its manifests, as Management says; empty when unknown, `.` for the whole repository. */
  path: string
  /** Names that a folder or a file elsewhere may carry and then be about it: its application's. */
  names: readonly string[]
}

/** Folders whose content goes into several applications. */
const sharedFolder = /^[._]?(?:bases?|common|shared|globals?|components|lib|appsets?|applicationsets?)$/i
/** Files of an outer folder that reach into the folders below. */
const outerFile = /^(?:kustomization|values[\w.-]*|chart|helmfile|kustomizeconfig)\.ya?ml$/i
/** Folders that hold the variants of one application, a folder each. */
const variants = /^(?:overlays?|environments?|envs?|stages?)$/i

/** A path without `./`, leading and trailing slashes; `.` is the repository itself. */
export function tidyPath(path: string): string {
  const tidy = path
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/')
  return tidy === '' && path.trim() !== '' ? '.' : tidy
}

/**
 * The folder that holds all of an application: that of `apps/shop/overlays/prod` is `apps/shop`, for its base is changed there too.
 * A path without such a folder is its own root.
 */
export function applicationRoot(path: string): string {
  const segments = tidyPath(path).split('/')
  const isVariant = segments.length > 2 && variants.test(segments.at(-2)!)
  return (isVariant ? segments.slice(0, -2) : segments).join('/')
}

/**
 * Tells whether a file is the workload's own, shared with others (its Application, an ApplicationSet, an outer kustomization, a common folder),
 * or foreign. Whole segments count: `base-apps/chores` does not own `base-apps/chores-tracker/x.yaml`.
 */
export function ownership(file: string, home: Home): Ownership {
  const path = tidyPath(home.path)
  if (path === '.' || isInside(file, path)) return 'owned'
  const segments = tidyPath(file).split('/')
  const own = path.split('/')
  const root = applicationRoot(path)
  const common = segments.findIndex((segment, index) => segment !== own[index])
  const fork = segments[common] ?? ''
  // The base of its own overlay, but not the overlay of another environment.
  if (root !== path && isInside(file, root))
    return /^(?:bases?|components)$/i.test(fork) ? 'owned' : outer(segments, common)
  const stem = segments.at(-1)!.replace(/\.[^.]*$/, '')
  if (home.names.some((name) => name !== '' && (stem === name || segments.slice(0, -1).includes(name)))) return 'shared'
  return path === '' ? 'foreign' : outer(segments, common)
}

/** Whether a commit's files are all documentation: prose, licences, pictures. A manifest in a folder named docs is none. */
export function isDocumentation(files: readonly string[]): boolean {
  return (
    files.length > 0 &&
    files.every((file) =>
      /(?:\.(?:md|mdx|markdown|rst|adoc|png|jpe?g|gif|svg|webp|drawio)|(?:^|\/)(?:LICENSE|LICENCE|NOTICE|CODEOWNERS|AUTHORS|CHANGELOG|README|OWNERS)(?:\.txt)?)$/i.test(
        file,
      ),
    )
  )
}

function outer(segments: readonly string[], common: number): Ownership {
  const isLast = common === segments.length - 1
  return sharedFolder.test(segments[common] ?? '') || (isLast && outerFile.test(segments[common]!))
    ? 'shared'
    : 'foreign'
}

function isInside(file: string, folder: string): boolean {
  return folder !== '' && (file === folder || file.startsWith(`${folder}/`))
}
