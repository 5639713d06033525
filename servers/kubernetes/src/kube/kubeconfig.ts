import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { readYamlFile } from '@kubevigil/mcp-kit/yaml-file'
import { z } from 'zod'

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token'

export interface KubeconfigSource {
  /** Value of KUBECONFIG: one path or several. */
  paths: string | undefined
  /** Context to use when a call names none; the kubeconfig's current one when absent. */
  context: string | undefined
}

/**
 * Loads the kubeconfig: the files of KUBECONFIG, else ~/.kube/config, else the service account of the pod we run in.
 * A path that was named and is not there is an error, never a reason to look at another cluster.
 * The client library is imported on first use, because its import alone takes longer than all of start-up.
 * @throws UserError that names the file and what is wrong with it
 */
export async function loadKubeconfig({ paths }: KubeconfigSource): Promise<KubeConfig> {
  const { KubeConfig } = await importLibrary()
  const files = paths?.split(delimiter).filter(Boolean) ?? []
  const defaultFile = join(homedir(), '.kube', 'config')
  if (files.length === 0) {
    if (existsSync(defaultFile)) files.push(defaultFile)
    else if (existsSync(serviceAccountToken)) {
      const inCluster = new KubeConfig()
      inCluster.loadFromCluster()
      return inCluster
    } else {
      throw new UserError(
        'kubeconfig-missing',
        `There is no kubeconfig: KUBECONFIG is not set and ${defaultFile} does not exist.`,
        'Set KUBECONFIG to the file of your cluster.',
      )
    }
  }
  const merged = new KubeConfig()
  for (const [index, file] of files.entries()) {
    const config = index === 0 ? merged : new KubeConfig()
    try {
      config.loadFromString(readKubeconfig(file))
    } catch (cause) {
      if (cause instanceof UserError) throw cause
      throw new UserError(
        'kubeconfig-invalid',
        `The kubeconfig ${file} is not valid: ${firstLine(cause)}.`,
        'Correct the file or point KUBECONFIG to another one.',
        { cause },
      )
    }
    addTokenFiles(config, file)
    config.makePathsAbsolute(join(file, '..'))
    if (index > 0) mergeInto(merged, config)
  }
  if (merged.contexts.length === 0) {
    throw new UserError(
      'kubeconfig-empty',
      `The kubeconfig ${files.join(', ')} has no contexts.`,
      'Point KUBECONFIG to the file of your cluster.',
    )
  }
  return merged
}

/** The library, after what it stands on: one by one, so that a ping has its turn in between. */
async function importLibrary() {
  await import('./exchange.ts')
  await setImmediate()
  const library = await import('@kubernetes/client-node/dist/config.js')
  await setImmediate()
  return library
}

/** The kubeconfig narrowed to one context. @throws UserError that lists the contexts there are */
export function selectContext(config: KubeConfig, wanted: string | undefined): KubeConfig {
  const name = wanted ?? config.currentContext
  const names = config.contexts.map((context) => context.name)
  if (!name) {
    throw new UserError('context-missing', 'The kubeconfig has no current context.', `Name one of: ${some(names)}.`)
  }
  if (!names.includes(name)) {
    throw new UserError(
      'context-unknown',
      `There is no context "${name.slice(0, 80)}" in the kubeconfig.`,
      `It has: ${some(names)}.`,
    )
  }
  const selected = Object.assign(Object.create(Object.getPrototypeOf(config) as object) as KubeConfig, config)
  selected.setCurrentContext(name)
  // The library refuses plain HTTP unless TLS verification is off; with `kubectl proxy` or a simulator there is no TLS to verify.
  selected.clusters = config.clusters.map((cluster) =>
    cluster.server?.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
  )
  const cluster = selected.getCurrentCluster()
  if (cluster === null || !URL.canParse(cluster.server)) {
    throw new UserError(
      'context-incomplete',
      `The context "${name}" names no cluster with a server address.`,
      'Correct the kubeconfig.',
    )
  }
  return selected
}

const TokenFiles = z.looseObject({
  users: z
    .array(z.looseObject({ name: z.string(), user: z.looseObject({ tokenFile: z.string().optional() }).nullish() }))
    .nullish(),
})

/** The client library reads a token from a file only for a pod's service account; kubectl does for `tokenFile` of any user. */
function addTokenFiles(config: KubeConfig, file: string): void {
  const { users } = readYamlFile(file, TokenFiles, 'KUBECONFIG')
  const files = new Map(users?.map(({ name, user }) => [name, user?.tokenFile]))
  config.users = config.users.map((user) => {
    const tokenFile = files.get(user.name)
    if (tokenFile === undefined) return user
    return { ...user, authProvider: { name: 'tokenFile', config: { tokenFile: resolve(dirname(file), tokenFile) } } }
  })
}

/** As kubectl merges: the first file that names a cluster, user, context or the current context wins. */
function mergeInto(merged: KubeConfig, config: KubeConfig): void {
  config.clusters = newOnes(config.clusters, merged.clusters)
  config.users = newOnes(config.users, merged.users)
  config.contexts = newOnes(config.contexts, merged.contexts)
  merged.mergeConfig(config, Boolean(merged.currentContext))
}

function newOnes<T extends { name: string }>(entries: readonly T[], known: readonly T[]): T[] {
  return entries.filter((entry) => known.every(({ name }) => name !== entry.name))
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 20).join(', ')
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown
}

function readKubeconfig(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const reason =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'EACCES'
          ? 'may not be read'
          : code === 'EISDIR'
            ? 'is a folder'
            : 'cannot be read'
    throw new UserError(
      'kubeconfig-unreadable',
      `The kubeconfig ${file} ${reason}.`,
      'Set KUBECONFIG to a kubeconfig file that can be read.',
      { cause },
    )
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 200)
}
