import { redact } from '@kubevigil/core/redact'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { cleanLine, maskSecrets } from '../github/clean.ts'
import type { CommitFile } from '../github/commits.ts'
import type { TreeChange } from '../github/git-data.ts'
import { unifiedDiff } from './unified.ts'

/** One file of a change. */
export interface FileChange {
  path: string
  /** What is written. */
  entry: TreeChange
  /** Its text on the base branch and after the change; null for no file, undefined for one that is no text. */
  before: string | null | undefined
  after: string | null | undefined
}

/** Files by which CI services, GitHub's and others', say what runs when a branch is pushed. */
const pipeline =
  /^(?:\.github\/(?:workflows|actions)|\.circleci|\.buildkite|\.woodpecker|\.tekton)\/|(?:^|\/)(?:Jenkinsfile|(?:azure-pipelines|bitbucket-pipelines|\.(?:gitlab-ci|travis|drone|woodpecker|cirrus|appveyor))[\w.-]*\.ya?ml)$/i

/** A change that was asked for and cannot be built; it says what a person can do. */
export function cannotChange(message: string, hint: string): UserError {
  return new UserError('cannot-change', message, hint)
}

/**
 * Refuses what must not be written by a machine: pipelines, which would run with the repository's secrets before anybody
 * has looked, and secrets, whether a Secret's data, something that looks like one, or the mark of one that was taken out.
 * @throws UserError
 */
export function refuseDangerous(changes: readonly FileChange[]): void {
  for (const { path, before, after } of changes) {
    const file = cleanLine(path, 200)
    if (pipeline.test(path)) {
      throw cannotChange(
        `${file} is a pipeline: on a branch it would run with the repository's secrets before anybody has looked at it.`,
        'Change it by hand.',
      )
    }
    const patch = unifiedDiff(before ?? null, after ?? null)
    const added = patch
      .split('\n')
      .filter((line) => line.startsWith('+'))
      .join('\n')
    if (/<redacted:|… \(\d+ more characters\)/.test(added)) {
      throw cannotChange(
        `The text for ${file} holds the mark of something that was left out of an answer.`,
        'Change only lines that were shown whole.',
      )
    }
    if (maskSecrets(path, patch) !== patch || redact(added) !== added) {
      throw cannotChange(`${file} holds what looks like a secret, which is not written.`, 'Change it by hand.')
    }
  }
}

/** The change as an answer shows it, patches included. */
export function describeChanges(changes: readonly FileChange[]): CommitFile[] {
  return changes.map(({ path, entry, before, after }) => {
    const patch = before === undefined || after === undefined ? undefined : unifiedDiff(before, after)
    const count = (mark: string): number => patch?.split('\n').filter((line) => line.startsWith(mark)).length ?? 0
    return {
      path: cleanLine(path, 400),
      status: entry.sha === null ? 'removed' : before === null ? 'added' : 'modified',
      additions: count('+'),
      deletions: count('-'),
      ...(patch === undefined ? {} : { patch }),
    }
  })
}
