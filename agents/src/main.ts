import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { randomUUID } from 'node:crypto'
import { parseSpan } from '@kubevigil/core/time'
import { describeError, UserError } from '@kubevigil/mcp-kit/errors'
import { setLogLevel } from '@kubevigil/mcp-kit/log'
import { describeEnvironment, stateHome } from '@kubevigil/mcp-kit/env'
import { Environment, readConfig, type Config } from './config.ts'
import { runCycle } from './cycle.ts'
import { replayDump } from './dump.ts'
import { rulesEngine } from './engines/rules.ts'
import { renderReport } from './render.ts'
import type { CycleReport } from './report.ts'
import { everyInterval } from './schedule.ts'
import { startServers, stopServers } from './servers.ts'
import { version } from './version.ts'

const help = `kubevigil: watches a Kubernetes cluster and tells the right people once

  pnpm cycle   look once
  pnpm watch   look again and again until stopped

Options:
  --context NAME   context in the kubeconfig (default: the configured or current one)
  --dump FILE      a recorded cluster instead of a live one: a file or the name of a bundled recording
  --dry-run        look and decide, but send and remember nothing
  --json           print one report as JSON on stdout (one line a cycle with watch)
  --every SPAN     watch: time between cycles, such as 1h or 15m
  --help           this text

Exit status: 0 the cluster was looked at, 1 it could not be, 2 the command or its configuration is wrong.

Environment:
${describeEnvironment(Environment)}
The servers read more: KUBECONFIG, GITHUB_TOKEN, SLACK_BOT_TOKEN, KUBEVIGIL_SERVICES and others; each lists its own with --help.
`

interface Options {
  context: string | undefined
  dump: string | undefined
  json: boolean
  every: number | undefined
  dryRun: boolean
}

async function main(args: string[]): Promise<number> {
  const { command, options } = parse(args)
  if (command === 'help') {
    process.stdout.write(help)
    return 0
  }
  const config = readConfig()
  setLogLevel(config.logLevel)
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort(new UserError('stopped', 'Stopped.', '')))
  process.once('SIGTERM', () => stop.abort(new UserError('stopped', 'Stopped.', '')))
  if (command === 'cycle') return lookOnce(config, options, stop.signal)
  return everyInterval(options.every ?? config.intervalMs, stop.signal, () =>
    lookOnce(config, options, stop.signal, true),
  )
}

/** One cycle with its own servers. */
async function lookOnce(config: Config, options: Options, signal: AbortSignal, line = false): Promise<number> {
  const dump = options.dump === undefined ? undefined : await replayDump(options.dump)
  const variables =
    dump === undefined
      ? config.variables
      : {
          // A recording's incidents are kept apart from what is remembered of real clusters, unless a place is named for them.
          KUBEVIGIL_HOME: join(stateHome(config.variables), 'dumps'),
          ...config.variables,
          KUBECONFIG: dump.kubeconfig,
          KUBE_CONTEXT: undefined,
          K3S_CONTEXT: undefined,
        }
  const showProgress = process.stderr.isTTY && !options.json
  const servers = await startServers(
    variables,
    version,
    (text) => config.logLevel === 'debug' && process.stderr.write(`${text}\n`),
  )
  try {
    const onStage = (stage: string): void => {
      if (showProgress) process.stderr.write(`\r\u001B[K${stage} …`)
    }
    const report = await runCycle(
      servers,
      rulesEngine,
      { cycle: randomUUID(), context: options.context, files: config.files, dryRun: options.dryRun, signal, onStage },
      Date.now,
    )
    if (showProgress) process.stderr.write('\r\u001B[K')
    print(report, options.json, line)
    return report.status === 'unknown' ? 1 : 0
  } finally {
    await stopServers(servers)
    await dump?.stop()
  }
}

function print(report: CycleReport, json: boolean, line: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify(report, undefined, line ? undefined : 2)}\n`)
  else process.stdout.write(renderReport(report, Date.now(), process.stdout.isTTY))
}

function parse(args: string[]): { command: 'cycle' | 'watch' | 'help'; options: Options } {
  let parsed
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        context: { type: 'string' },
        dump: { type: 'string' },
        json: { type: 'boolean', default: false },
        every: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UserError('usage', `${describeError(error).split('. ')[0]}.`, 'See --help.')
  }
  const { values, positionals } = parsed
  const command = values.help ? 'help' : (positionals[0] ?? 'help')
  if (command !== 'cycle' && command !== 'watch' && command !== 'help')
    throw new UserError('usage', `There is no command "${command}".`, 'See --help.')
  const every = values.every === undefined ? undefined : parseSpan(values.every)
  if (values.every !== undefined && (every === undefined || every < 10_000)) {
    throw new UserError('usage', `--every ${values.every} is no time span of at least 10s.`, 'Write it like 15m or 1h.')
  }
  return {
    command,
    options: { context: values.context, dump: values.dump, json: values.json, every, dryRun: values['dry-run'] },
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`kubevigil: ${describeError(error)}\n`)
  process.exitCode = error instanceof UserError ? 2 : 1
}
