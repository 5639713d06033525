import type { Coverage } from '@kubevigil/core/observe'
import type { GitHubClient, Session } from '../github/client.ts'
import { renameCoverage } from '../github/renames.ts'
import { failedCoverage, GitHubError, isLasting } from '../github/errors.ts'

/** The questions of one correlation: what was asked, and what came of it. */
export interface Inquiry {
  client: GitHubClient
  session: Session
  coverage: Coverage[]
  /**
   * Asks one source. A failure becomes its coverage and gives undefined; after a failure that would come again (no token, limited,
   * not reachable) nothing more is asked.
   * @param expected failures that are an answer too: they are handed back without an entry
   */
  ask: <T>(
    source: string,
    question: () => Promise<T>,
    expected?: (error: GitHubError) => boolean,
  ) => Promise<T | undefined>
  /** Notes how a source answered. */
  note: (entry: Coverage) => void
}

/** Most coverage entries of an answer. */
const entryLimit = 12

/** How long questions are asked altogether, in milliseconds: with the last one's own deadline it stays within the tool's. */
const patienceMs = 40_000

/** Opens the questions of one tool call. @param session counts its requests and ends them */
export function openInquiry(client: GitHubClient, session: Session): Inquiry {
  const coverage: Coverage[] = []
  let halted: GitHubError | undefined
  const spent = AbortSignal.timeout(patienceMs)

  function note(entry: Coverage): void {
    for (const one of [...renameCoverage(session), entry]) keep(one)
  }

  function keep(entry: Coverage): void {
    const known = coverage.find(({ source }) => source === entry.source)
    if (known === undefined && coverage.length < entryLimit)
      coverage.push({ ...entry, detail: entry.detail.slice(0, 400) })
    // Of several answers of one source the first that is not whole is told.
    else if (known?.status === 'ok' && entry.status !== 'ok') Object.assign(known, entry)
  }

  return {
    client,
    session,
    coverage,
    note,
    async ask(source, question, expected = () => false) {
      if (spent.aborted) halted ??= new GitHubError('timeout', 'GitHub answers too slowly.', '')
      if (halted !== undefined) {
        note({ ...failedCoverage(source, halted), detail: 'Not asked: GitHub failed or was too slow before.' })
        return undefined
      }
      try {
        return await question()
      } catch (error) {
        session.signal.throwIfAborted()
        if (!(error instanceof GitHubError)) throw error
        if (expected(error)) return undefined
        if (isLasting(error)) halted ??= error
        note(failedCoverage(source, error))
        return undefined
      }
    },
  }
}

/** Runs work on items, a few at a time, and keeps their order. GitHub asks for no more than a few at once. */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>, width = 4): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += width) {
    results.push(...(await Promise.all(items.slice(at, at + width).map(work))))
  }
  return results
}
