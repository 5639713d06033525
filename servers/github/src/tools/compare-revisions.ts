import { Coverage } from '@kubevigil/core/observe'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { compareRevisions, listCommits, type Commit } from '../github/commits.ts'
import { openInquiry, type Inquiry } from '../correlate/inquiry.ts'
import { FileRow, showFiles } from './files.ts'
import { Row, toRow } from './rows.ts'

/** Commits an answer shows; the newest. */
const shownCommits = 25

export const compareRevisionsTool = defineTool({
  name: 'compare_revisions',
  title: 'Compare revisions',
  description:
    'What head has that base has not: commits and files with clipped patches, of one path if given. Take those a rollout names to see what it brought.',
  effect: 'read',
  input: z.strictObject({
    repository: parameters.repository,
    base: parameters.revision.describe('Commit, branch or tag to start from'),
    head: parameters.revision.describe('Commit, branch or tag to go to'),
    path: parameters.path.optional(),
  }),
  output: z.strictObject({
    repository: z.string(),
    status: z.string().describe('ahead, behind, diverged or identical: how head stands to base'),
    aheadBy: z.int(),
    behindBy: z.int(),
    commits: z.array(Row).describe('Newest first'),
    files: z.array(FileRow),
    omitted: z.strictObject({ commits: z.int(), files: z.int() }).describe('Left out for room'),
    coverage: z.array(Coverage),
  }),
  async run({ repository, base, head, path }, { allow, client }, { signal }) {
    allow(repository)
    const inquiry = openInquiry(client, { signal, calls: 0 })
    const compared = await compareRevisions(client, { repository, base, head }, inquiry.session)
    inquiry.note({
      source: 'comparison',
      status: compared.complete ? 'ok' : 'partial',
      detail: compared.complete ? '' : 'GitHub shows the first 300 commits and files only.',
    })
    const inPath = await keepPath(compared.commits, { repository, head, path }, inquiry)
    const commits = inPath.reverse().slice(0, shownCommits)
    const shown = showFiles(compared.files, { path, patches: true, budget: 11_000 })
    return {
      repository,
      status: compared.status,
      aheadBy: compared.aheadBy,
      behindBy: compared.behindBy,
      commits: commits.map(toRow),
      files: shown.files,
      omitted: { commits: inPath.length - commits.length, files: shown.omitted },
      coverage: inquiry.coverage,
    }
  },
})

/** A comparison does not tell which commit touched which file: the folder's own history does. */
async function keepPath(
  commits: readonly Commit[],
  { repository, head, path }: { repository: string; head: string; path: string | undefined },
  { client, session, ask, note }: Inquiry,
): Promise<Commit[]> {
  if (path === undefined || path === '.' || commits.length === 0) return [...commits]
  const listed = await ask('commits of the path', () =>
    listCommits(client, { repository, path, ref: head, limit: 100 }, session),
  )
  if (listed === undefined) return [...commits]
  const known = new Set(listed.commits.map(({ sha }) => sha))
  const kept = commits.filter(({ sha }) => known.has(sha))
  const cut = listed.hasMore && commits.length > 100
  note({
    source: 'commits of the path',
    status: cut ? 'partial' : 'ok',
    detail: cut ? 'Only the newest 100 were looked through.' : '',
  })
  return kept
}
