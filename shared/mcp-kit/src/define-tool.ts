import type { z } from 'zod'

/** What a tool does to the world; every hint a client sees follows from it. */
export type Effect = 'read' | 'write' | 'destructive'

/** What the kit hands a handler besides its arguments. */
export interface Call {
  /** Aborts at the tool's deadline, when the client cancels, and when the client is gone. */
  signal: AbortSignal
  /** Tells a waiting person how far long work is; a no-op when the client did not ask for progress. */
  progress: (done: number, total: number, message: string) => void
}

export interface Tool<Context, Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  /** snake_case verb_noun; the file is the same name with dashes. */
  name: string
  title: string
  /** For the model: what it answers, when to take it, what to ask next. */
  description: string
  effect: Effect
  /** A `z.strictObject`, flat, bounded, each field described. */
  input: Input
  output: Output
  /** Longest a call may take, in milliseconds; 30,000 when absent. */
  deadlineMs?: number
  // A method, so that a registry may hold tools of many schemas: methods' parameters are compared both ways.
  run(args: z.output<Input>, context: Context, call: Call): Promise<z.input<Output>>
}

/**
 * Declares a tool. The identity function: it only makes the handler's types follow from the schemas.
 * Handlers throw; the server turns errors into results in one place.
 */
export function defineTool<Context>() {
  return function <Input extends z.ZodObject, Output extends z.ZodObject>(
    tool: Tool<Context, Input, Output>,
  ): Tool<Context, Input, Output> {
    return tool
  }
}

/** The MCP hints of an effect; unknown is answered on the careful side. */
export function hints(effect: Effect) {
  return {
    readOnlyHint: effect === 'read',
    destructiveHint: effect === 'destructive',
    idempotentHint: effect === 'read',
    openWorldHint: true,
  }
}
