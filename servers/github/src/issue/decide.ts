import type { Mark } from './mark.ts'

/** What is to be done with an incident's issue. */
export type Action = 'open' | 'update' | 'close' | 'reopen' | 'note-end' | 'leave' | 'none'

/**
 * Decides what to do. An issue that people closed while the incident lasts stays closed: it is opened again only when the
 * incident was over and came back.
 * @param issue how it stands on GitHub, and what was noted in it; undefined when there is none
 * @param digest of the text that is to stand in it
 */
export function decide(
  issue: { isOpen: boolean; mark: Mark } | undefined,
  { resolved, digest }: { resolved: boolean; digest: string },
): Action {
  if (issue === undefined) return resolved ? 'none' : 'open'
  const { isOpen, mark } = issue
  if (resolved) {
    if (isOpen) return 'close'
    return mark.state === 'open' ? 'note-end' : 'none'
  }
  if (!isOpen) return mark.state === 'resolved' ? 'reopen' : 'leave'
  return mark.digest === digest && mark.state === 'open' ? 'none' : 'update'
}
