import { toInstant } from '@kubevigil/core/time'
import type { Engine } from './engines/engine.ts'
import { composeReport, type CycleReport } from './report.ts'
import type { Servers } from './servers.ts'
import { assess, type OperatorFiles } from './stages/assess.ts'
import { correlate } from './stages/correlate.ts'
import { notify, nothingSent } from './stages/notify.ts'
import { observe } from './stages/observe.ts'
import { remember } from './stages/remember.ts'

export interface CycleOptions {
  /** Unique name of this run. */
  cycle: string
  context: string | undefined
  files: OperatorFiles
  /** Looks and decides, but sends and remembers nothing. */
  dryRun: boolean
  signal: AbortSignal
  onStage: (stage: string) => void
}

/**
 * One run of the flow. The order stands here and nowhere else: observe, detect and group (one call), correlate, assess and decide
 * (one call), notify, remember. A stage that fails shows in the report; only an observation that cannot begin ends the cycle.
 * @throws UserError when the cluster cannot even be asked for: no kubeconfig, unknown context, server that does not start
 */
export async function runCycle(
  servers: Servers,
  engine: Engine,
  { cycle, context, files, dryRun, signal, onStage }: CycleOptions,
  now: () => number,
): Promise<CycleReport> {
  const startedAt = now()
  onStage('observe, detect, group')
  const health = await observe(servers, context, signal)
  onStage('correlate')
  const correlated = await correlate(servers, health, context, signal)
  onStage('assess, decide')
  const assessed = await assess(servers, health, files, signal, startedAt)
  onStage('notify')
  const notified = dryRun ? nothingSent : await notify(servers, engine, health, assessed, correlated, signal)
  const facts = { health, correlated, assessed, notified }
  const report = composeReport(
    { cycle, engine: engine.name, dryRun, startedAt: toInstant(startedAt), durationMs: now() - startedAt },
    facts,
  )
  if (dryRun) return report
  onStage('remember')
  const warnings = await remember(servers, report, facts, signal)
  return { ...report, warnings: [...report.warnings, ...warnings], durationMs: now() - startedAt }
}
