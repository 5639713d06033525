import { toInstant } from '@kubevigil/core/time'
import { describeError, UserError } from '@kubevigil/mcp-kit/errors'
import { log, setLogLevel } from '@kubevigil/mcp-kit/log'
import { helpText, parseCommandLine, type Options } from './command-line.ts'
import { readConfig } from './config.ts'
import { chooseEngine } from './engines/choose.ts'
import { look, type Look } from './look.ts'
import { renderReport } from './render.ts'
import type { CycleReport } from './report.ts'
import { watchHealth } from './schedule/health.ts'
import { holding } from './schedule/lease.ts'
import { openDriverStore, type DriverStore } from './schedule/store.ts'
import { cron, every, type Timetable } from './schedule/timetable.ts'
import { watch } from './schedule/watch.ts'
import { checkSetup, openTarget, withServers, type Target } from './world.ts'

/** Exit statuses; --help tells them to users. */
const status = { good: 0, bad: 1, wrong: 2, busy: 3 }

async function main(args: string[]): Promise<number> {
  const { command, options } = parseCommandLine(args)
  if (command === 'help') {
    process.stdout.write(helpText())
    return status.good
  }
  const config = readConfig()
  setLogLevel(config.logLevel)
  const stopping = stopOnSignal()
  // Wrong settings are told before anything is started.
  const timetable = options.cron === undefined ? every(options.every ?? config.intervalMs) : cron(options.cron)
  const engine = chooseEngine(options.engine ?? config.engine, config.claude)
  const target = await openTarget(config, options)
  const setting: Look = { config, options, target, engine, stopping }
  try {
    // A dry run changes nothing that another driver could meet, so it asks none for its turn.
    if (command === 'cycle' && options.dryRun) return statusOf(await lookAndTell(setting, stopping))
    return await withStore(target, (store) => {
      if (command === 'health') return tellHealth(store, target)
      return command === 'cycle' ? lookOnce(setting, store) : lookAgainAndAgain(setting, store, timetable)
    })
  } finally {
    await target.stop()
  }
}

async function withStore(target: Target, run: (store: DriverStore) => number | Promise<number>): Promise<number> {
  const store = await openDriverStore(target.home)
  try {
    return await run(store)
  } finally {
    store.close()
  }
}

/** The first signal ends the work after its current stage, the second at once. */
function stopOnSignal(): AbortSignal {
  const stop = new AbortController()
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(status.bad)
    stop.abort(new UserError('stopped', 'Stopped.', ''))
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return stop.signal
}

async function lookOnce(setting: Look, store: DriverStore): Promise<number> {
  const { target } = setting
  const turn = store.take(target.name, Date.now())
  if (turn.state === 'held') {
    const { who, since } = turn.holder
    const busy = `kubevigil: ${who} is in a cycle of the same cluster since ${toInstant(since)}. Try again when it has ended.`
    process.stderr.write(`${busy}\n`)
    return status.busy
  }
  return statusOf(await holding(store, target.name, (signal) => lookAndTell(setting, signal)))
}

async function lookAgainAndAgain(setting: Look, store: DriverStore, timetable: Timetable): Promise<number> {
  const { config, options, target, engine, stopping } = setting
  await withServers(target, config, (servers) => checkSetup(servers, engine, options.context))
  log('info', 'Watching', { target: target.name, schedule: timetable.text, engine: engine.name })
  const work = (signal: AbortSignal): Promise<string> => lookAndTell(setting, signal, true)
  await watch({ store, target: target.name, timetable, stopping, work })
  return status.good
}

/** Looks, prints the report, and gives the cluster's status. */
async function lookAndTell(setting: Look, signal: AbortSignal, isOneOfMany = false): Promise<string> {
  const report = await look(setting, signal)
  print(report, setting.options, isOneOfMany)
  if (isOneOfMany) {
    const { cycle, cluster, engine, durationMs, usage } = report
    const told = report.incidents.filter(({ decision }) => decision.notify).length
    log('info', 'Cycle done', {
      cycle,
      cluster,
      status: report.status,
      incidents: report.incidents.length,
      told,
      engine,
      costUsd: usage.costUsd,
      durationMs,
    })
  }
  return report.status
}

function statusOf(outcome: string): number {
  return outcome === 'unknown' ? status.bad : status.good
}

function print(report: CycleReport, { json }: Options, line: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify(report, undefined, line ? undefined : 2)}\n`)
  else process.stdout.write(renderReport(report, Date.now(), process.stdout.isTTY))
}

function tellHealth(store: DriverStore, { name }: Target): number {
  const { healthy, text } = watchHealth(store.lastRun(name, Date.now()), Date.now())
  process.stdout.write(`${healthy ? 'healthy' : 'not healthy'}: ${text}\n`)
  return healthy ? status.good : status.bad
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const isStop = error instanceof UserError && error.code === 'stopped'
  process.stderr.write(`kubevigil: ${describeError(error)}\n`)
  process.exitCode = error instanceof UserError && !isStop ? status.wrong : status.bad
}
