import { randomUUID } from 'node:crypto'
import type { Options } from './command-line.ts'
import type { Config } from './config.ts'
import { runCycle } from './cycle.ts'
import type { Engine } from './engines/engine.ts'
import type { CycleReport } from './report.ts'
import { withServers, type Target } from './world.ts'

export interface Look {
  config: Config
  options: Options
  target: Target
  engine: Engine
  /** Ends the cycle before its next stage. */
  stopping: AbortSignal
}

const clearLine = '\r\u001B[K'

function showStage(stage: string): void {
  process.stderr.write(`${clearLine}${stage} …`)
}

/** One cycle with servers of its own; on a terminal it says which stage it is at. */
export async function look(
  { config, options, target, engine, stopping }: Look,
  signal: AbortSignal,
): Promise<CycleReport> {
  const showProgress = process.stderr.isTTY && !options.json
  const { context, dryRun } = options
  return withServers(target, config, async (servers) => {
    await engine.check(servers)
    const run = { cycle: randomUUID(), context, files: config.files, dryRun, signal, stopping }
    try {
      return await runCycle(servers, engine, { ...run, onStage: showProgress ? showStage : () => {} }, Date.now)
    } finally {
      if (showProgress) process.stderr.write(clearLine)
    }
  })
}
