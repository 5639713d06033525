import type { Rollout } from '../change.ts'
import { rolloutFact } from './change-facts.ts'

/** An image that a rollout replaced, as the pod template names both. */
export interface ImageChange {
  before?: string
  after: string
}

/** The images a rollout's recorded changes brought. */
export function imageChanges({ changes }: Rollout): ImageChange[] {
  return changes.flatMap((change) => {
    const fact = rolloutFact(change)
    if (fact?.kind !== 'image' || fact.after === undefined) return []
    return [{ after: fact.after, ...(fact.before === undefined ? {} : { before: fact.before }) }]
  })
}

/**
 * Reads an image reference: its path without the registry's host, and the Git revision its tag stands for.
 * @returns `revision` is a commit for a tag that ends in a hash (`sha-1a2b3c4`, `main-1a2b3c4`), the tag itself for a release
 * (`v1.2.3`), and absent for what names none: no tag, `latest`, a date, a digest alone
 */
export function readImage(reference: string): { path: string; revision?: string } {
  const [, name = '', tag] = /^([^@]*?)(?::([\w][\w.-]{0,127}))?(?:@\S*)?$/.exec(reference) ?? []
  const segments = name.split('/')
  const isHost = segments.length > 1 && /[.:]|^localhost$/.test(segments[0]!)
  const path = segments.slice(isHost ? 1 : 0).join('/')
  const revision = tag === undefined ? undefined : revisionOf(tag)
  return revision === undefined ? { path } : { path, revision }
}

function revisionOf(tag: string): string | undefined {
  if (/^v?\d+\.\d+(?:\.\d+)?(?:[-+.][\w.-]+)?$/i.test(tag) && !/-g?[0-9a-f]{7,40}$/i.test(tag)) return tag
  const hash = /(?:^|[-_.])(?:sha-?|g)?([0-9a-f]{7,40})$/i.exec(tag)?.[1]?.toLowerCase()
  // Digits alone are a date or a build number, unless they are as long as a whole hash.
  return hash !== undefined && (/[a-f]/.test(hash) || hash.length === 40) ? hash : undefined
}
