import { redact } from '@kubevigil/core/redact'
import { humanSpan } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { ground } from '../../rails/grounding.ts'
import { loadSubagents } from '../../subagents.ts'
import { checkSubagents, listServerTools, toolsOf } from '../../subagent-tools.ts'
import { EngineFailure, type Engine, type Reading, type Usage, type Work } from '../engine.ts'
import { openBudget, type Budget } from './budget.ts'
import { makeClient, type MessagesClient } from './client.ts'
import type { ClaudeConfig } from './config.ts'
import { runAgent } from './loop.ts'
import { memoryText, sessionOf } from './memory.ts'
import { modelOf } from './models.ts'
import { compileReading, type HandedIn } from './reading.ts'
import { steps } from './steps.ts'
import { incidentsText, taskText } from './task.ts'
import { readingTools } from './tools.ts'

/**
 * The engine that asks Claude: the subagents one after the other, each with the reading tools of its own list, under one deadline
 * and one budget. All of them hand in, or none counts: half an analysis is not told.
 */
export function claudeEngine(
  config: ClaudeConfig,
  connect: () => Promise<MessagesClient> = () => makeClient(config),
): Engine {
  return {
    name: 'claude',
    chosen: '',
    async check(servers) {
      checkSubagents(loadSubagents(), await listServerTools(servers), servers)
    },
    async read(work) {
      const budget = openBudget(config.budgetUsd)
      const deadline = AbortSignal.timeout(config.deadlineMs)
      const bounded = { ...work, signal: AbortSignal.any([work.signal, deadline]) }
      try {
        return await readAll(bounded, config, await connect(), budget)
      } catch (error) {
        work.signal.throwIfAborted()
        if (!deadline.aborted) throw new EngineFailure(error, usageOf(budget))
        const late = new UserError(
          'claude-deadline',
          `Claude had not finished after ${humanSpan(config.deadlineMs)}.`,
          'Raise CLAUDE_DEADLINE_SECONDS or choose a faster model.',
          { cause: error },
        )
        throw new EngineFailure(late, usageOf(budget))
      }
    },
  }
}

async function readAll(work: Work, config: ClaudeConfig, client: MessagesClient, budget: Budget): Promise<Reading> {
  const subagents = loadSubagents()
  const all = await listServerTools(work.servers)
  const memory = config.longContext
    ? await memoryText(work, modelOf({ name: 'escalation-manager', model: 'inherit' }, config.models))
    : ''
  const evidence: string[] = memory === '' ? [] : [memory]
  const handedIn: HandedIn = {}
  for (const { agent, report, wants } of steps) {
    const changed = work.changed.filter(wants)
    const subagent = subagents.find((one) => one.name === agent)
    if (changed.length === 0) continue
    if (subagent === undefined)
      throw new UserError('subagent-missing', `There is no agents/prompts/${agent}.md.`, 'Put it back.')
    const incidents = incidentsText(changed)
    const done = await runAgent({
      client,
      model: modelOf(subagent, config.models),
      name: agent,
      system: subagent.prompt,
      task: taskText(work, incidents, handedIn, memory),
      tools: readingTools(toolsOf(subagent, all), work),
      report,
      budget,
      signal: work.signal,
    })
    Object.assign(handedIn, { [agent]: done.report })
    evidence.push(incidents, ...done.evidence)
  }
  const reading = compileReading(work, handedIn, evidence, usageOf(budget))
  if (!config.longContext) return reading
  // It comes back as evidence one day, so nothing goes into it that none bears.
  const summary = ground(redact(handedIn['escalation-manager']?.summary ?? ''), evidence).text
  return { ...reading, session: sessionOf(work, reading, summary) }
}

function usageOf(budget: Budget): Usage {
  const models = budget.usage()
  const sum = (of: (one: (typeof models)[number]) => number): number =>
    models.reduce((total, one) => total + of(one), 0)
  return {
    inputTokens: sum((one) => one.inputTokens),
    outputTokens: sum((one) => one.outputTokens),
    costUsd: sum((one) => one.costUsd),
    models,
  }
}
