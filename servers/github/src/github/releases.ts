import { z } from 'zod'
import { cleanLine } from './clean.ts'
import type { GitHubClient, Session } from './client.ts'
import { ApiDeployment, ApiRelease } from './schemas.ts'
import { instant, split } from './shapes.ts'

export interface Release {
  tag: string
  name: string
  author: string
  /** When it was published, ISO. */
  time: string
}

export interface Deployment {
  sha: string
  environment: string
  description: string
  author: string
  time: string
}

/** The newest 100 published releases. */
export async function listReleases(
  client: GitHubClient,
  { repository }: { repository: string },
  session: Session,
): Promise<{ releases: Release[]; hasMore: boolean }> {
  const { data, hasMore } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/releases',
      params: { ...split(repository), per_page: 100 },
      schema: z.array(ApiRelease),
      what: `the releases of ${repository}`,
    },
    session,
  )
  const releases = data
    .filter(({ draft }) => draft !== true)
    .map((api) => ({
      tag: cleanLine(api.tag_name, 100),
      name: cleanLine(api.name ?? '', 200),
      author: cleanLine(api.author?.login ?? '', 80),
      time: instant(api.published_at),
    }))
  return { releases, hasMore }
}

const failures: ReadonlySet<string> = new Set(['failure', 'error'])

/** The newest deployments of a commit that failed, in words: `deployment to production`. */
export async function listFailedDeployments(
  client: GitHubClient,
  { repository, sha }: { repository: string; sha: string },
  session: Session,
): Promise<string[]> {
  const what = `the deployments of ${repository}`
  const { data } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/deployments',
      params: { ...split(repository), sha, per_page: 3 },
      schema: z.array(ApiDeployment.extend({ id: z.number() })),
      what,
    },
    session,
  )
  const failed: string[] = []
  for (const { id, environment } of data) {
    const statuses = await client.get(
      {
        route: 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
        params: { ...split(repository), deployment_id: id, per_page: 1 },
        schema: z.array(z.object({ state: z.string() })),
        what,
      },
      session,
    )
    // Newest first.
    if (failures.has(statuses.data[0]?.state ?? '')) failed.push(`deployment to ${cleanLine(environment ?? '', 60)}`)
  }
  return failed
}

/** The newest 100 deployments, to all environments. */
export async function listDeployments(
  client: GitHubClient,
  { repository }: { repository: string },
  session: Session,
): Promise<{ deployments: Deployment[]; hasMore: boolean }> {
  const { data, hasMore } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/deployments',
      params: { ...split(repository), per_page: 100 },
      schema: z.array(ApiDeployment),
      what: `the deployments of ${repository}`,
    },
    session,
  )
  const deployments = data.map((api) => ({
    sha: api.sha.toLowerCase(),
    environment: cleanLine(api.environment ?? '', 60),
    description: cleanLine(api.description ?? '', 150),
    author: cleanLine(api.creator?.login ?? '', 80),
    time: instant(api.created_at),
  }))
  return { deployments, hasMore }
}
