import { ServiceCatalog } from '@kubevigil/core/policy'
import { CommonEnvironment, readEnvironment, type Environment as Variables } from '@kubevigil/mcp-kit/env'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { readYamlFile } from '@kubevigil/mcp-kit/yaml-file'
import { z } from 'zod'
import { readCredentials } from './app-key.ts'
import type { Credentials } from './github/credentials.ts'

const Repositories = z.string().transform((text, context) => {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const bad = names.find((name) => !/^[\w.-]+\/[\w.-]+$/.test(name))
  if (bad === undefined) return names
  context.addIssue({ code: 'custom', message: `"${bad}" is no repository; write owner/name, separated by commas` })
  return z.NEVER
})

export const Environment = CommonEnvironment.extend({
  GITHUB_TOKEN: z
    .string()
    .optional()
    .describe('Token that may read contents and pull requests; without it every call says so'),
  GITHUB_APP_ID: z
    .string()
    .regex(/^\w{1,40}$/, 'is no App ID or client ID')
    .optional()
    .describe('GitHub App (its ID or client ID) to act as, instead of GITHUB_TOKEN'),
  GITHUB_APP_PRIVATE_KEY: z.string().optional().describe('Private key of the App, PEM; \\n stands for a line end'),
  GITHUB_APP_PRIVATE_KEY_FILE: z.string().optional().describe('File that holds it, instead'),
  GITHUB_APP_INSTALLATION_ID: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe("Installation of the App; default: that of the repository's owner"),
  GITHUB_ALLOW_WRITES: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: open_change_pr and upsert_incident_issue may write; default: false, they say what they would do'),
  GITHUB_REPOS: Repositories.optional().describe(
    'The only repositories that are read: owner/name, comma-separated; default: those the services file names',
  ),
  GITHUB_API_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://api.github.com')
    .describe('API root, such as https://ghe.example.com/api/v3; default: https://api.github.com'),
  KUBEVIGIL_SERVICES: z
    .string()
    .optional()
    .describe('Services file (YAML): which repository and path a workload comes from'),
})

export interface Config {
  LOG_LEVEL: z.output<typeof CommonEnvironment>['LOG_LEVEL']
  credentials: Credentials | undefined
  /** Branches, draft pull requests and issues may be written; never a default branch, a merge or a deletion. */
  allowWrites: boolean
  /** API root without a slash at its end. */
  apiUrl: string
  catalog: ServiceCatalog
  /** What may be read, and the variable that says so. */
  allowed: { repositories: readonly string[]; from: 'GITHUB_REPOS' | 'KUBEVIGIL_SERVICES' }
}

/**
 * Reads the server's configuration; nothing else in the server reads the environment.
 * @throws UserError for a bad variable, an unreadable services file, or a token that would travel in the clear
 */
export function readConfig(environment?: Variables): Config {
  const read = readEnvironment(Environment, ...(environment === undefined ? [] : [environment]))
  const catalog =
    read.KUBEVIGIL_SERVICES === undefined
      ? { services: [] }
      : readYamlFile(read.KUBEVIGIL_SERVICES, ServiceCatalog, 'KUBEVIGIL_SERVICES')
  const url = new URL(read.GITHUB_API_URL)
  const credentials = readCredentials(read)
  if (credentials !== undefined && url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new UserError(
      'token-in-the-clear',
      `GITHUB_API_URL is ${read.GITHUB_API_URL}: ${credentials.kind === 'token' ? 'GITHUB_TOKEN' : "the App's token"} would be sent over plain http.`,
      'Use https; plain http is only for this machine.',
    )
  }
  return {
    LOG_LEVEL: read.LOG_LEVEL,
    credentials,
    allowWrites: read.GITHUB_ALLOW_WRITES === 'true',
    apiUrl: read.GITHUB_API_URL.replace(/\/+$/, ''),
    catalog,
    allowed:
      read.GITHUB_REPOS === undefined
        ? { repositories: repositoriesOf(catalog), from: 'KUBEVIGIL_SERVICES' }
        : { repositories: read.GITHUB_REPOS, from: 'GITHUB_REPOS' },
  }
}

function repositoriesOf(catalog: ServiceCatalog): string[] {
  return [...new Set(catalog.services.flatMap(({ repository }) => repository?.name ?? []))]
}

/** Whether a URL's host is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
