import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { now, seedCatalog } from '@kubevigil/core/assess/testing'
import type { Assessment } from '@kubevigil/core/assessment'
import type { Incident } from '@kubevigil/core/incident'
import type { Delivery } from '@kubevigil/core/notification'
import type { Coverage } from '@kubevigil/core/observe'
import { Policy, type Sev } from '@kubevigil/core/policy'
import type { Tool } from '@kubevigil/mcp-kit/define-tool'
import { onTestFinished } from 'vitest'
import type { z } from 'zod'
import type { MemoryContext } from '../context.ts'
import { openMemory } from '../store/memory.ts'
import { assessIncidents } from './assess-incidents.ts'
import { recordCycle } from './record-cycle.ts'

/** A look that read everything. */
export const whole: Coverage[] = ['api', 'pods', 'nodes', 'deployments, events'].map((source) => ({
  source,
  status: 'ok',
  detail: '',
}))

/** Calls a tool as the kit does: arguments and answer pass their schemas. */
export async function call<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Tool<MemoryContext, Input, Output>,
  args: z.input<Input>,
  context: MemoryContext,
): Promise<z.output<Output>> {
  const answer = await tool.run(tool.input.parse(args), context, {
    signal: new AbortController().signal,
    progress: () => {},
  })
  return tool.output.parse(answer)
}

/** A memory of its own for one test, on the homelab's catalog, with a clock that the test sets. */
export async function testContext(): Promise<MemoryContext & { clock: { now: number }; path: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'kubevigil-memory-'))
  const path = join(folder, 'memory.db')
  const memory = await openMemory(path)
  onTestFinished(() => {
    memory.close()
    rmSync(folder, { recursive: true })
  })
  const clock = { now }
  return {
    memory,
    catalog: seedCatalog,
    hasCatalog: true,
    policy: Policy.parse({}),
    maxContextTokens: 120_000,
    now: () => clock.now,
    clock,
    path,
  }
}

const sent = (assessment: Assessment): Delivery => ({
  state: 'sent',
  channel: assessment.decision.channel,
  ts: '1700000000.1',
  detail: '',
})

let cycles = 0

/** One cycle as the driver runs it: assess, tell, record. */
export async function runCycle(
  context: MemoryContext,
  incidents: Incident[],
  {
    coverage = whole,
    cluster = 'home',
    namespace,
    key = `cycle-${++cycles}`,
    deliver = sent,
    raise = [],
    session,
    models,
  }: {
    coverage?: Coverage[]
    cluster?: string
    /** The one the look was narrowed to. */
    namespace?: string
    key?: string
    deliver?: (assessment: Assessment) => Delivery | null
    raise?: { fingerprint: string; sev: Sev; reason: string }[]
    session?: z.input<typeof recordCycle.input>['session']
    models?: object[]
  } = {},
) {
  const assessed = await call(assessIncidents, { cluster, coverage, incidents, namespace, raise }, context)
  const recorded = await call(
    recordCycle,
    {
      key,
      cluster,
      engine: 'rules',
      startedAt: new Date(context.now()).toISOString(),
      durationMs: 1200,
      status: incidents.length > 0 ? 'critical' : 'healthy',
      coverage,
      incidents: assessed.assessments.map((assessment) => ({
        incident: incidents.find((one) => one.fingerprint === assessment.fingerprint)!,
        assessment,
        correlation: null,
        delivery: assessment.decision.notify ? deliver(assessment) : null,
      })),
      resolved: assessed.resolved.map((incident) => incident.fingerprint),
      usage: { inputTokens: 0, outputTokens: 0, costUsd: 0, models },
      session,
    },
    context,
  )
  return { assessed, recorded }
}
