import { join } from 'node:path'
import { stateHome, type Environment } from '@kubevigil/mcp-kit/env'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import type { Options } from './command-line.ts'
import type { Config } from './config.ts'
import { replayDump } from './dump.ts'
import type { Engine } from './engines/engine.ts'
import { startServers, stopServers, type Servers } from './servers.ts'
import { callTool } from './stages/call.ts'
import { version } from './version.ts'

/** The cluster a run is about, live or recorded. */
export interface Target {
  /** What the servers are given of. */
  variables: Environment
  /** Where state is kept. */
  home: string
  /** One name for one cluster as configured here, so that drivers of the same one know of each other. */
  name: string
  stop: () => Promise<void>
}

/** The configured cluster, or a recording that is replayed until `stop`. */
export async function openTarget({ variables }: Config, { context, dump }: Options): Promise<Target> {
  if (dump === undefined) return targetOf(variables, context, async () => {})
  const replayed = await replayDump(dump)
  const recorded = {
    // A recording's incidents are kept apart from what is remembered of real clusters, unless a place is named for them.
    KUBEVIGIL_HOME: join(stateHome(variables), 'dumps'),
    ...variables,
    KUBECONFIG: replayed.kubeconfig,
    KUBE_CONTEXT: undefined,
    K3S_CONTEXT: undefined,
  }
  return targetOf(recorded, context, replayed.stop)
}

function targetOf(variables: Environment, context: string | undefined, stop: Target['stop']): Target {
  const { KUBECONFIG: file, KUBE_CONTEXT: wanted, K3S_CONTEXT: older } = variables
  const name = `${file ?? 'default'}#${context ?? wanted ?? older ?? 'current'}`
  return { variables, home: stateHome(variables), name, stop }
}

/** Runs something with the servers of its own: a new set sees changed settings, catalogs and credentials, and nothing grows with time. */
export async function withServers<T>(
  target: Target,
  config: Config,
  run: (servers: Servers) => Promise<T>,
): Promise<T> {
  const onLog = (line: string): void => void (config.logLevel === 'debug' && process.stderr.write(`${line}\n`))
  const servers = await startServers(target.variables, version, onLog)
  try {
    return await run(servers)
  } finally {
    await stopServers(servers)
  }
}

const Contexts = z.object({ context: z.string(), contexts: z.array(z.object({ name: z.string() })), omitted: z.int() })

/**
 * Finds what would fail in every cycle: a kubeconfig or context that is not there, a server that does not start, a subagent that
 * names a tool nobody has. An unreachable cluster is no such thing; it is what a watch is for.
 * @throws UserError that says what to correct
 */
export async function checkSetup(servers: Servers, engine: Engine, context: string | undefined): Promise<void> {
  const absent = Object.values(servers).find((server) => 'failure' in server)
  if (absent !== undefined) throw new UserError('server-missing', absent.failure, '')
  const signal = AbortSignal.timeout(30_000)
  const known = await callTool(servers, 'kubernetes', 'list_contexts', {}, Contexts, signal)
  const names = known.contexts.map(({ name }) => name)
  if (context !== undefined && known.omitted === 0 && !names.includes(context))
    throw new UserError(
      'context-unknown',
      `There is no context "${context}" in the kubeconfig.`,
      `It has: ${names.slice(0, 20).join(', ')}.`,
    )
  if (context === undefined && known.context === '')
    throw new UserError(
      'context-missing',
      'The kubeconfig has no current context.',
      `Name one with --context: ${names.slice(0, 20).join(', ')}.`,
    )
  await engine.check(servers)
}
