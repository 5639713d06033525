import { cleanLine } from '../github/clean.ts'
import type { GitData } from '../github/git-data.ts'
import { cannotChange, type FileChange } from './file-change.ts'

/** One replacement in a file. An empty `find` makes a new file. */
export interface Edit {
  path: string
  find: string
  replace: string
}

/**
 * Builds the files that edits give on top of a branch. A file is read raw and only the text that was found is replaced, so that
 * what a model saw without its secrets is never written back.
 * @throws UserError when a path is not plain, a text is not there exactly once, or a new file is there already
 */
export async function buildEdits(git: GitData, edits: readonly Edit[], head: string): Promise<FileChange[]> {
  const changes: FileChange[] = []
  for (const path of new Set(edits.map((edit) => edit.path))) {
    if (!isPlain(path))
      throw cannotChange(`${cleanLine(path, 160)} is no plain path of a file.`, 'Write it as Git does.')
    const file = await git.find(head, path)
    const before = file === undefined ? null : await git.text(file.sha)
    if (before === undefined || (file !== undefined && !file.mode.startsWith('100')))
      throw cannotChange(`${cleanLine(path, 160)} is no text file.`, 'Change it by hand.')
    const after = edits.filter((edit) => edit.path === path).reduce(replaceOnce, before)
    if (after === null || after === before) continue
    const entry = { path, mode: file?.mode ?? '100644', type: 'blob' as const, content: after }
    changes.push({ path, entry, before, after })
  }
  if (changes.length > 0) return changes
  throw cannotChange('The edits change nothing.', 'Look at the files with get_file first.')
}

/** Whether a path has one spelling, as rules about paths need, and leads out of Git's own folder. */
function isPlain(path: string): boolean {
  return path.split('/').every((segment) => !['', '.', '..', '.git'].includes(segment.toLowerCase()))
}

function replaceOnce(text: string | null, { path, find, replace }: Edit): string {
  const name = cleanLine(path, 160)
  if (find === '' && text === null) return replace
  if (find === '') throw cannotChange(`${name} is there already.`, 'Give in find the text to replace.')
  const parts = (text ?? '').split(find)
  if (parts.length === 2) return parts.join(replace)
  const times = parts.length === 1 ? 'is not in it' : `stands in it ${parts.length - 1} times`
  throw cannotChange(
    `The text to replace in ${name} ${text === null ? 'cannot be found: there is no such file' : times}.`,
    'Give find exactly as get_file shows it, with enough lines around it to be the only one.',
  )
}
