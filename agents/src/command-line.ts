import { parseArgs } from 'node:util'
import { second, parseSpan } from '@kubevigil/core/time'
import { describeEnvironment } from '@kubevigil/mcp-kit/env'
import { describeError, UserError } from '@kubevigil/mcp-kit/errors'
import { Environment } from './config.ts'
import { engineNames, type EngineName } from './engines/choose.ts'

/** What `--help` prints. */
export function helpText(): string {
  return `kubevigil: watches a Kubernetes cluster and tells the right people once

  pnpm cycle            look once
  pnpm watch            look again and again until stopped
  kubevigil health      whether a watch of this KUBEVIGIL_HOME does its work: a probe's command

Options:
  --context NAME   context in the kubeconfig (default: the configured or current one)
  --dump FILE      a recorded cluster instead of a live one: a file or the name of a bundled recording
  --engine NAME    who reads what changed: rules, claude, or auto (default: claude when there is a key)
  --dry-run        look and decide, but send and remember nothing
  --json           print one report as JSON on stdout (one line a cycle with watch)
  --every SPAN     watch: time from start to start, such as 1h or 15m
  --cron TIMES     watch: a cron expression instead, such as "0 * * * *", in the time zone TZ
  --help           this text

Exit status of cycle: 0 the cluster was looked at, 1 it could not be, 2 the command or its configuration is wrong, 3 another driver
is in a cycle of the same cluster. watch ends with 0 when it is told to stop, health with 0 when all is well and 1 when not.

Environment:
${describeEnvironment(Environment)}
The servers read more: KUBECONFIG, GITHUB_TOKEN, SLACK_BOT_TOKEN, KUBEVIGIL_SERVICES and others; each lists its own with --help.
`
}

const commands = ['cycle', 'watch', 'health', 'help'] as const
export type Command = (typeof commands)[number]

export interface Options {
  context: string | undefined
  dump: string | undefined
  engine: EngineName | undefined
  json: boolean
  dryRun: boolean
  /** Milliseconds from start to start. */
  every: number | undefined
  cron: string | undefined
}

/** Shortest time between two cycles. */
const shortestMs = 10 * second

/** Reads the command line. @throws UserError when it is not understood */
export function parseCommandLine(args: string[]): { command: Command; options: Options } {
  const { values, positionals } = parse(args)
  const word = values.help ? 'help' : (positionals[0] ?? 'help')
  const command = commands.find((one) => one === word)
  if (command === undefined) throw new UserError('usage', `There is no command "${word}".`, 'See --help.')
  if (values.every !== undefined && values.cron !== undefined)
    throw new UserError('usage', '--every and --cron exclude each other.', 'Take one of them.')
  const engine = engineNames.find((one) => one === values.engine)
  if (values.engine !== undefined && engine === undefined)
    throw new UserError('usage', `There is no engine "${values.engine}".`, `Take one of: ${engineNames.join(', ')}.`)
  const { context, dump, json, cron } = values
  return {
    command,
    options: { context, dump, engine, json, dryRun: values['dry-run'], every: spanOf(values.every), cron },
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        context: { type: 'string' },
        dump: { type: 'string' },
        engine: { type: 'string' },
        json: { type: 'boolean', default: false },
        every: { type: 'string' },
        cron: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UserError('usage', `${describeError(error).split('. ')[0]}.`, 'See --help.')
  }
}

function spanOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const span = parseSpan(text)
  if (span !== undefined && span >= shortestMs) return span
  throw new UserError('usage', `--every ${text} is no time span of at least 10s.`, 'Write it like 15m or 1h.')
}
