import type { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  ErrorCode,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  McpError,
  type Prompt as ListedPrompt,
} from '@modelcontextprotocol/sdk/types.js'
import { clip, RESULT_BUDGET } from '@kubevigil/core/budget'
import { redact } from '@kubevigil/core/redact'
import type { Prompt } from './define-prompt.ts'

/** Answers prompts/list and prompts/get. What a person typed passes the schema, and the whole text redaction and budget. */
export function servePrompts(server: Server, prompts: () => Promise<readonly Prompt[]>): void {
  server.setRequestHandler(ListPromptsRequestSchema, async () => ({ prompts: (await prompts()).map(listPrompt) }))

  server.setRequestHandler(GetPromptRequestSchema, async ({ params }) => {
    const known = await prompts()
    const prompt = known.find((one) => one.name === params.name)
    if (prompt === undefined) {
      const names = known.map((one) => one.name).join(', ')
      throw invalid(`There is no prompt "${params.name}". This server has: ${names}.`)
    }
    const parsed = prompt.arguments.safeParse(given(params.arguments))
    if (!parsed.success) {
      const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`)
      throw invalid(`The arguments of ${prompt.name} are not valid: ${problems.slice(0, 5).join('; ')}.`)
    }
    const text = clip(redact(prompt.text(parsed.data)), RESULT_BUDGET)
    return { description: prompt.description, messages: [{ role: 'user', content: { type: 'text', text } }] }
  })
}

function invalid(message: string): McpError {
  return new McpError(ErrorCode.InvalidParams, redact(message))
}

/** A client's form hands over every field, the ones left empty too. */
function given(args: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value.trim() !== ''))
}

function listPrompt({ name, title, description, arguments: fields }: Prompt): ListedPrompt {
  return {
    name,
    title,
    description,
    arguments: Object.entries(fields.shape).map(([field, schema]) => ({
      name: field,
      description: schema.description,
      required: !schema.safeParse(undefined).success,
    })),
  }
}
