import { clip, RESULT_BUDGET } from '@kubevigil/core/budget'
import { redact } from '@kubevigil/core/redact'
import { describeError, UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import { ask, type Answer } from './ask.ts'
import type { Budget } from './budget.ts'
import type { MessageCreateParamsNonStreaming, MessagesClient } from './client.ts'

/** A tool as a model may call it. */
export interface ModelTool {
  name: string
  description: string
  inputSchema: { type: 'object'; properties?: Record<string, unknown> }
  /** Gives the answer as text. Throws what the model is told as an error. */
  run: (input: Record<string, unknown>) => Promise<string>
}

export interface AgentRun<S extends z.ZodObject> {
  client: MessagesClient
  model: string
  /** Who it is, for error texts. */
  name: string
  system: string
  task: string
  tools: readonly ModelTool[]
  /** What it must hand in. */
  report: S
  budget: Budget
  signal: AbortSignal
}

const reportTool = 'submit_report'
/** Questions and answers until the report is there; facts of a cycle are small, and a loop that goes on is lost. */
const mostTurns = 8
/** Tools a turn may use: a model that asks for more wanders. */
const mostCalls = 10
/** Output of one turn, thinking included; the API answers at once below some 21,000. */
const mostOutputTokens = 8000

const ToolUse = z.looseObject({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.unknown() })
type ToolUse = z.output<typeof ToolUse>
type Message = MessageCreateParamsNonStreaming['messages'][number]

/**
 * Lets a model work with its tools until it hands in a report of the wanted form. A report of another form is sent back once with
 * what is wrong; an answer without a report gets one reminder.
 * @returns the report, and the texts the tools gave: the evidence its words are held against
 * @throws UserError for every other end: refusal, cut answer, no report, too many turns, budget, deadline, anything of the API
 */
export async function runAgent<S extends z.ZodObject>(
  run: AgentRun<S>,
): Promise<{ report: z.output<S>; evidence: string[] }> {
  const { client, model, name, system, task, report, budget, signal } = run
  const tools = new Map(run.tools.map((tool) => [tool.name, tool]))
  const evidence: string[] = []
  const messages: Message[] = [{ role: 'user', content: task }]
  let reminders = 1
  let rejections = 1
  for (let turn = 0; turn < mostTurns; turn++) {
    const body = { model, max_tokens: mostOutputTokens, system, messages, tools: listed(run) }
    const answer = await ask(client, body, budget, signal)
    checkEnd(name, answer)
    // Unchanged, thinking blocks included: the API holds a conversation to what it said itself.
    messages.push({ role: 'assistant', content: answer.content as unknown as Message['content'] })
    const calls = answer.content.flatMap((block) => ToolUse.safeParse(block).data ?? [])
    const handedIn = calls.find((call) => call.name === reportTool)
    const parsed = handedIn === undefined ? undefined : report.safeParse(handedIn.input)
    if (parsed?.success === true) return { report: parsed.data, evidence }
    if (parsed !== undefined && rejections-- === 0)
      throw new UserError('claude-report', `${name} handed in a report of another form twice.`, 'Try another model.')
    if (calls.length === 0) {
      if (answer.stop_reason === 'pause_turn') continue
      if (reminders-- === 0)
        throw new UserError('claude-no-report', `${name} handed in no report.`, 'Try another model.')
      messages.push({ role: 'user', content: `Hand in your report with ${reportTool}.` })
      continue
    }
    const results = await Promise.all(
      calls.map(async (call, at) => {
        if (call.name === reportTool) return rejected(call, parsed?.error)
        return at < mostCalls ? carryOut(call, tools, evidence) : failed(call, `At most ${mostCalls} tools a turn.`)
      }),
    )
    messages.push({ role: 'user', content: results })
  }
  throw new UserError('claude-turns', `${name} had no report after ${mostTurns} turns.`, 'Try another model.')
}

function listed({ tools, report }: AgentRun<z.ZodObject>): NonNullable<MessageCreateParamsNonStreaming['tools']> {
  const { $schema: _, ...schema } = z.toJSONSchema(report, { target: 'draft-7', io: 'input' })
  return [
    ...tools.map(({ name, description, inputSchema }) => ({ name, description, input_schema: inputSchema })),
    {
      name: reportTool,
      description: 'Hands in your report and ends your work.',
      input_schema: schema as { type: 'object' },
    },
  ]
}

/** Ends that are no answer. */
function checkEnd(name: string, { stop_reason: reason }: Answer): void {
  if (reason === 'refusal')
    throw new UserError('claude-refusal', `The model refused the work of ${name}.`, 'The rules have judged instead.')
  if (reason === 'max_tokens' || reason === 'model_context_window_exceeded')
    throw new UserError('claude-cut-off', `The answer of ${name} was cut off (${reason}).`, 'Try another model.')
}

async function carryOut(call: ToolUse, tools: Map<string, ModelTool>, evidence: string[]) {
  const { id, name, input } = call
  const tool = tools.get(name)
  if (tool === undefined)
    return failed(call, `There is no tool ${clip(name, 80)}. You have: ${[...tools.keys(), reportTool].join(', ')}.`)
  const parsed = z.record(z.string(), z.unknown()).safeParse(input)
  if (!parsed.success) return failed(call, `The input of ${name} is no object.`)
  try {
    const text = clip(redact(await tool.run(parsed.data)), RESULT_BUDGET)
    evidence.push(text)
    return { type: 'tool_result' as const, tool_use_id: id, content: text }
  } catch (error) {
    return failed(call, clip(redact(describeError(error)), 1000))
  }
}

function failed({ id }: ToolUse, text: string) {
  return { type: 'tool_result' as const, tool_use_id: id, content: text, is_error: true }
}

function rejected(call: ToolUse, error: z.ZodError | undefined) {
  const problems = (error?.issues ?? []).slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  return failed(call, `The report is not accepted: ${problems.join('; ')}. Correct it and hand it in again.`)
}
