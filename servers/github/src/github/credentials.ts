import type { Octokit } from '@octokit/rest'
import { GitHubError } from './errors.ts'

/** Who asks: a token (classic, fine-grained or an installation's), or a GitHub App that gets itself one. */
export type Credentials =
  | { kind: 'token'; token: string }
  | {
      kind: 'app'
      appId: string
      /** PEM. */
      privateKey: string
      /** Found by the repository's owner when absent. */
      installationId: number | undefined
    }

export interface Identity {
  /**
   * The value of the Authorization header for a request about one repository.
   * @param repository owner/name: an App is installed once for each owner
   */
  authorize: (repository: string) => Promise<string>
  /** The login under which what is written appears. */
  login: () => Promise<string>
}

/** What an error text calls the credentials, and how it tells to mend them. */
export function describeCredentials(credentials: Credentials): { name: string; mend: string } {
  return credentials.kind === 'token'
    ? { name: 'GITHUB_TOKEN', mend: 'Put a valid token into GITHUB_TOKEN; it may have expired.' }
    : {
        name: 'the GitHub App',
        mend: "Check GITHUB_APP_ID, its private key, its installation and this machine's clock.",
      }
}

/**
 * Makes the identity behind credentials. It touches the network on first use only.
 * @param kit octokit without credentials, for the API root and its deadline
 */
export function createIdentity(credentials: Credentials, kit: Octokit): Identity {
  return credentials.kind === 'token' ? tokenIdentity(credentials, kit) : appIdentity(credentials, kit)
}

function tokenIdentity({ token }: Extract<Credentials, { kind: 'token' }>, kit: Octokit): Identity {
  const authorization = `token ${token}`
  return {
    authorize: async () => authorization,
    login: async () => {
      const { data } = await kit.request('GET /user', { headers: { authorization } })
      return data.login
    },
  }
}

function appIdentity(
  { appId, privateKey, installationId }: Extract<Credentials, { kind: 'app' }>,
  kit: Octokit,
): Identity {
  const installations = new Map<string, Promise<number>>()

  const loadApp = once(async () => {
    const { createAppAuth } = await import('@octokit/auth-app')
    return createAppAuth({ appId, privateKey, request: kit.request })
  })

  async function asApp(): Promise<{ authorization: string }> {
    const auth = await loadApp()
    try {
      return { authorization: `bearer ${(await auth({ type: 'app' })).token}` }
    } catch (cause) {
      throw new GitHubError(
        'unauthorized',
        "The GitHub App's private key cannot be used.",
        'Give GITHUB_APP_PRIVATE_KEY or GITHUB_APP_PRIVATE_KEY_FILE the whole PEM file GitHub made for the App.',
        { cause },
      )
    }
  }

  async function find(owner: string, repo: string): Promise<number> {
    const headers = await asApp()
    const { data } = await kit.request('GET /repos/{owner}/{repo}/installation', { owner, repo, headers })
    return data.id
  }

  function installationOf(repository: string): Promise<number> {
    const [owner = '', repo = ''] = repository.split('/')
    const key = owner.toLowerCase()
    const known = installations.get(key) ?? find(owner, repo)
    installations.set(key, known)
    // What failed once may work the next time.
    known.catch(() => installations.delete(key))
    return known
  }

  return {
    async authorize(repository) {
      const id = installationId ?? (await installationOf(repository))
      const auth = await loadApp()
      return `token ${(await auth({ type: 'installation', installationId: id })).token}`
    },
    async login() {
      const { data } = await kit.request('GET /app', { headers: await asApp() })
      return `${data?.slug ?? ''}[bot]`
    },
  }
}

/** Runs work on the first call, and again only after it failed. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined
  return () => {
    done ??= work()
    done.catch(() => (done = undefined))
    return done
  }
}
