import { setImmediate } from 'node:timers/promises'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { CallToolRequestSchema, ListToolsRequestSchema, type CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { clip, RESULT_BUDGET } from '@kubevigil/core/budget'
import { redact, redactDeep } from '@kubevigil/core/redact'
import type { z } from 'zod'
import type { Prompt } from './define-prompt.ts'
import type { Resource } from './define-resource.ts'
import type { Call, Tool } from './define-tool.ts'
import { describeError, UserError } from './errors.ts'
import { listingOf } from './listing.ts'
import { log } from './log.ts'
import { servePrompts } from './prompts.ts'
import { serveResources, type Extra } from './resources.ts'

export interface ServerDefinition<Context> {
  name: string
  version: string
  /** Two or three sentences for the model: what the server is for and how its tools fit together. */
  instructions: string
  /** The tools, or how to import them on first use, for which nobody who starts the server has to wait. */
  tools: readonly Tool<Context>[] | (() => Promise<readonly Tool<Context>[]>)
  /** Tasks for a person to pick, imported on first use. */
  prompts?: () => Promise<readonly Prompt[]>
  /** Read tools' answers under an address. */
  resources?: readonly Resource[]
  /** Called once, on the first tool call; it may throw a UserError, which is that call's result. */
  createContext: () => Context | Promise<Context>
}

const defaultDeadlineMs = 30_000

/**
 * Makes an MCP server of a definition. `initialize` and `tools/list` touch nothing outside: the context is made on first use.
 * Every result passes one choke point: output schema, redaction, budget; every thrown error becomes a result here.
 */
export function createServer<Context>(definition: ServerDefinition<Context>): Server {
  const { tools, prompts, resources } = definition
  const all = once(async () => {
    const imported = typeof tools === 'function' ? await tools() : tools
    // What was just imported took its time: a ping has its turn before the context takes more.
    await setImmediate()
    return imported
  })
  const listed = once(() => listingOf(all))
  const context = once(definition.createContext)
  const server = new Server(
    { name: definition.name, version: definition.version },
    {
      capabilities: {
        tools: {},
        ...(prompts === undefined ? {} : { prompts: {} }),
        ...(resources === undefined ? {} : { resources: {} }),
      },
      instructions: definition.instructions,
    },
  )

  server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: await listed() }))

  server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) =>
    callTool(params.name, params.arguments ?? {}, extra),
  )
  if (prompts !== undefined) servePrompts(server, once(prompts))
  if (resources !== undefined) serveResources(server, resources, callTool)
  return server

  async function callTool(name: string, args: Record<string, unknown>, extra: Extra): Promise<CallToolResult> {
    const known = await all()
    const tool = known.find((one) => one.name === name)
    if (tool === undefined) {
      return failure(`There is no tool "${name}". This server has: ${known.map((one) => one.name).join(', ')}.`)
    }
    const parsed = tool.input.safeParse(args)
    if (!parsed.success) return failure(inputProblem(tool, parsed.error))

    const deadlineMs = tool.deadlineMs ?? defaultDeadlineMs
    const deadline = AbortSignal.timeout(deadlineMs)
    const progressToken = extra._meta?.progressToken
    const call: Call = {
      signal: AbortSignal.any([extra.signal, deadline]),
      progress(done, total, message) {
        if (progressToken === undefined) return
        const params = { progressToken, progress: done, total, message }
        extra.sendNotification({ method: 'notifications/progress', params }).catch(() => {})
      },
    }
    try {
      const run = Promise.resolve(context()).then((ready) => tool.run(parsed.data, ready, call))
      return success(tool, await orAborted(run, call.signal))
    } catch (error) {
      if (deadline.aborted) {
        return failure(
          `${name} did not finish within ${deadlineMs / 1000} s. Narrow the request (a namespace, a shorter time) and try again.`,
        )
      }
      if (!(error instanceof UserError)) {
        log('error', 'A tool failed unexpectedly', {
          tool: name,
          error: describeError(error),
          stack: (error as Error)?.stack,
        })
        return failure(
          `${name} failed unexpectedly: ${clip(describeError(error), 300)}. The server's log on stderr has the details.`,
        )
      }
      return failure(describeError(error), error.code)
    }
  }
}

/** Clients show a model either the text or the structured form, so both carry the same facts: the text is the structure as JSON. */
function success<Context>(tool: Tool<Context>, output: unknown): CallToolResult {
  const structured = redactDeep(tool.output.parse(output)) as Record<string, unknown>
  const text = JSON.stringify(structured)
  if (text.length > RESULT_BUDGET) {
    log('error', 'A result is over its budget', { tool: tool.name, characters: text.length })
    return failure(
      `The answer would have ${text.length} characters, over the limit of ${RESULT_BUDGET}. Ask for less: a namespace, a lower limit, a narrower selector.`,
    )
  }
  return { content: [{ type: 'text', text }], structuredContent: structured }
}

function failure(message: string, code = 'error'): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: redact(message) }], _meta: { code } }
}

function inputProblem<Context>(tool: Tool<Context>, error: z.ZodError): string {
  const problems = error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'arguments'}: ${wordsOf(issue)}`)
  return `The arguments of ${tool.name} are not valid: ${problems.join('; ')}. It takes: ${Object.keys(tool.input.shape).join(', ') || 'nothing'}.`
}

function wordsOf({ code, message }: z.core.$ZodIssue): string {
  return code === 'invalid_type' && message.endsWith('received undefined') ? 'is missing' : message
}

/** Rejects as soon as the signal aborts, whether or not the handler heeds it. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const settled = new AbortController()
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true, signal: settled.signal })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    settled.abort()
    work.catch(() => {})
  }
}

function once<T>(make: () => T | Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= Promise.resolve()
      .then(make)
      .catch((error: unknown) => {
        made = undefined
        throw error
      })
    return made
  }
}
