import { parseArgs } from 'node:util'
import type { SimulatorOptions } from '../kubernetes.ts'
import { loadDump } from './dump.ts'

/** What `--help` prints. */
export const help = `Serves a recorded or made-up Kubernetes cluster on loopback until it is stopped.

  pnpm simulate --dump FILE --kubeconfig OUT [--port N]
  pnpm simulate --pods N --nodes M [--failing F] [--seed S] --kubeconfig OUT [--port N]

  --dump FILE        a dump (.json or .json.gz), or the name of a bundled recording:
                     homelab-healthy, homelab-incident, mixed, node-down, admission-webhook,
                     healthy-odd, init-waits, missing-secret-chain, quota, registry-outage
  --kubeconfig OUT   where to write the kubeconfig (contexts simulated, simulated-viewer, simulated-nobody)
  --port N           the port to listen on; a free one unless given
  --pods N           make up a cluster with N pods instead of replaying a dump
  --nodes M          its nodes
  --failing F        the share of its pods that fail, from 0 to 1 (default 0.02)
  --seed S           the same seed makes the same cluster (default 1)
  --now TIME         freeze the clock at an RFC 3339 time
  --help             this text

When ready it prints one JSON line: {"url": …, "kubeconfig": …}.
`

/** A mistake in the arguments; the message is one sentence for the user. */
export class UsageError extends Error {}

export interface Settings extends SimulatorOptions {
  kubeconfig: string
}

function readArguments(args: string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args,
      options: {
        dump: text,
        kubeconfig: text,
        port: text,
        pods: text,
        nodes: text,
        failing: text,
        seed: text,
        now: text,
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    // Node explains some mistakes at length: the first line says what is wrong.
    const [what] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new UsageError(`${what?.replace(/\.$/, '') ?? ''}: see --help.`)
  }
}

/** Reads the command line; undefined when it asks for help. Throws a UsageError or DumpError for a mistake. */
export async function readSettings(line: string[]): Promise<Settings | undefined> {
  const args = readArguments(line)
  if (args.help === true) return undefined
  if (args.kubeconfig === undefined) throw new UsageError('Say where to write the kubeconfig: --kubeconfig OUT.')
  if ((args.dump === undefined) === (args.pods === undefined)) {
    throw new UsageError('Give either --dump FILE or --pods N: see --help.')
  }
  const frozen = args.now === undefined ? undefined : Date.parse(args.now)
  if (Number.isNaN(frozen)) throw new UsageError('--now must be an RFC 3339 time, such as 2026-11-21T01:07:36Z.')
  return {
    kubeconfig: args.kubeconfig,
    port: number('--port', args.port ?? '0', 65_535),
    ...(frozen === undefined ? {} : { now: () => frozen }),
    ...(args.dump === undefined ? { generate: readGenerate(args) } : { dump: await loadDump(args.dump) }),
  }
}

function readGenerate(args: ReturnType<typeof readArguments>) {
  const failing = Number(args.failing ?? '0.02')
  if (!(failing >= 0 && failing <= 1)) throw new UsageError('--failing must be between 0 and 1.')
  return {
    pods: number('--pods', args.pods ?? '', 1_000_000),
    nodes: number('--nodes', args.nodes ?? '10', 100_000),
    failing,
    seed: number('--seed', args.seed ?? '1', Number.MAX_SAFE_INTEGER),
  }
}

function number(option: string, value: string, highest: number): number {
  if (!/^\d+$/.test(value) || Number(value) > highest) {
    throw new UsageError(`${option} must be a whole number up to ${highest}.`)
  }
  return Number(value)
}
