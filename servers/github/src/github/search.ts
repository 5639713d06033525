import { cleanLine, cleanText } from './clean.ts'
import type { GitHubClient, Session } from './client.ts'
import { ApiCodeHits, ApiIssueHits } from './schemas.ts'
import { instant } from './shapes.ts'

export interface CodeHit {
  repository: string
  path: string
  /** A piece of the file around the words; empty when GitHub gives none. */
  fragment: string
}

export interface IssueHit {
  repository: string
  number: number
  title: string
  state: string
  author: string
  updatedAt: string
  url: string
}

/** Searches code. `query` carries its own scope; hits from elsewhere are possible and the caller's to drop. */
export async function searchCode(
  client: GitHubClient,
  { query, limit }: { query: string; limit: number },
  session: Session,
): Promise<{ hits: CodeHit[]; complete: boolean }> {
  const { data, hasMore } = await client.get(
    {
      route: 'GET /search/code',
      params: { q: query, per_page: limit, headers: { accept: 'application/vnd.github.text-match+json' } },
      schema: ApiCodeHits,
      what: 'a code search',
    },
    session,
  )
  const hits = data.items.map(({ repository, path, text_matches: matches }) => ({
    repository: cleanLine(repository.full_name, 140),
    path: cleanLine(path, 200),
    fragment: cleanText(matches?.[0]?.fragment ?? '', 240, { keepMarkup: true }),
  }))
  return { hits, complete: !hasMore && data.incomplete_results !== true }
}

/** Searches issues or pull requests, last touched first; otherwise as `searchCode`. */
export async function searchIssues(
  client: GitHubClient,
  { query, limit }: { query: string; limit: number },
  session: Session,
): Promise<{ hits: IssueHit[]; complete: boolean }> {
  const { data, hasMore } = await client.get(
    {
      route: 'GET /search/issues',
      params: { q: query, per_page: limit, sort: 'updated', order: 'desc' },
      schema: ApiIssueHits,
      what: 'an issue search',
    },
    session,
  )
  const hits = data.items.map((api) => ({
    repository: cleanLine(api.repository_url.split('/').slice(-2).join('/'), 140),
    number: api.number,
    title: cleanLine(api.title ?? '', 200),
    state: cleanLine(api.state ?? '', 20),
    author: cleanLine(api.user?.login ?? '', 80),
    updatedAt: instant(api.updated_at),
    url: cleanLine(api.html_url ?? '', 250),
  }))
  return { hits, complete: !hasMore && data.incomplete_results !== true }
}
