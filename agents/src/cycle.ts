import { toInstant } from '@kubevigil/core/time'
import type { Engine } from './engines/engine.ts'
import { composeReport, type CycleReport } from './report.ts'
import type { Servers } from './servers.ts'
import { assess, raise, type OperatorFiles } from './stages/assess.ts'
import { correlate } from './stages/correlate.ts'
import { notify, nothingSent } from './stages/notify.ts'
import { observe } from './stages/observe.ts'
import { read } from './stages/read.ts'
import { remember } from './stages/remember.ts'
import { sendRest } from './stages/send-rest.ts'

export interface CycleOptions {
  /** Unique name of this run. */
  cycle: string
  context: string | undefined
  files: OperatorFiles
  /** Looks and decides, but sends and remembers nothing. */
  dryRun: boolean
  /** Ends the cycle at once, whatever it is at. */
  signal: AbortSignal
  /** Ends it before the next stage, and a model's work at once. What is told is still remembered: the two are one stage. */
  stopping: AbortSignal
  onStage: (stage: string) => void
}

/**
 * One run of the flow. The order stands here and nowhere else: observe, detect and group (one call), correlate, assess and decide
 * (one call), let a model read what changed, notify, remember. A stage that fails shows in the report; only an observation that
 * cannot begin ends the cycle.
 * @throws UserError when the cluster cannot even be asked for: no kubeconfig, unknown context, server that does not start
 */
export async function runCycle(
  servers: Servers,
  engine: Engine,
  { cycle, context, files, dryRun, signal, stopping, onStage }: CycleOptions,
  now: () => number,
): Promise<CycleReport> {
  const startedAt = now()
  const begin = (stage: string): void => {
    stopping.throwIfAborted()
    onStage(stage)
  }
  begin('observe, detect, group')
  const health = await observe(servers, context, signal)
  begin('correlate')
  const correlated = await correlate(servers, health, context, signal)
  begin('assess, decide')
  const judged = await assess(servers, health, files, signal, startedAt)
  begin('read what changed')
  const reading = await read(servers, engine, health, judged, correlated, context, AbortSignal.any([signal, stopping]))
  const assessed = await raise(servers, health, judged, reading.raise, signal)
  begin('notify, remember')
  const notified = dryRun ? nothingSent : await notify(servers, health, assessed, correlated, reading, signal)
  const facts = { health, correlated, assessed, reading, notified }
  const run = { cycle, dryRun, startedAt: toInstant(startedAt), durationMs: now() - startedAt }
  const report = composeReport(run, facts)
  if (dryRun) return report
  const warnings = await remember(servers, report, facts, signal)
  await sendRest(servers, notified, signal)
  return { ...report, warnings: [...report.warnings, ...warnings], durationMs: now() - startedAt }
}
