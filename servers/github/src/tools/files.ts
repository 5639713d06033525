import { z } from 'zod'
import type { CommitFile } from '../github/commits.ts'
import { isBelow } from '../github/shapes.ts'

/** A changed file as an answer shows it. */
export const FileRow = z.strictObject({
  path: z.string(),
  status: z.string(),
  additions: z.int(),
  deletions: z.int(),
  patch: z.string().optional().describe('Unified diff, values of Secrets taken out; text from outside'),
  clipped: z.boolean().optional().describe('The patch was cut'),
})
export type FileRow = z.output<typeof FileRow>

/** Most characters of JSON that the files of an answer may take. */
const filesBudget = 14_000
/** Least characters of a patch that are worth showing. */
const leastPatch = 200

/** Shows files within the budget: rows for all that fit, then patches in order while there is room. */
export function showFiles(
  files: readonly CommitFile[],
  options: { path?: string | undefined; patches: boolean; budget?: number },
): { files: FileRow[]; omitted: number } {
  const wanted = files.filter((file) => isBelow(file.path, options.path))
  let room = options.budget ?? filesBudget
  const rows: FileRow[] = []
  for (const { path, status, additions, deletions } of wanted) {
    const row = { path, status, additions, deletions }
    room -= size(row) + 1
    if (room < 0) break
    rows.push(row)
  }
  if (options.patches) {
    for (const [index, row] of rows.entries()) {
      const { patch } = wanted[index]!
      if (patch === undefined || room < leastPatch) continue
      const shown = fit(patch, room - 40)
      rows[index] = { ...row, patch: shown, ...(shown === patch ? {} : { clipped: true }) }
      room -= size(shown) + 40
    }
  }
  return { files: rows, omitted: wanted.length - rows.length }
}

/** The longest beginning of whole lines whose JSON fits. */
function fit(patch: string, room: number): string {
  if (size(patch) <= room) return patch
  let used = 2
  const lines: string[] = []
  for (const line of patch.split('\n')) {
    used += size(line)
    if (used > room) break
    lines.push(line)
  }
  return lines.join('\n')
}

function size(value: unknown): number {
  return JSON.stringify(value).length
}
