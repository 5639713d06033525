import type { Tool as ListedTool } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { hints, type Tool } from './define-tool.ts'

/**
 * What tools/list answers: each tool with its schemas and hints. `pnpm build` puts the finished answer in the place of this
 * module (scripts/bundle-plugins.ts), so that a bundled server lists its tools without importing them.
 */
export async function listingOf<Context>(tools: () => Promise<readonly Tool<Context>[]>): Promise<ListedTool[]> {
  return (await tools()).map(listTool)
}

function listTool<Context>(tool: Tool<Context>): ListedTool {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: jsonSchema(tool.input, 'input') as ListedTool['inputSchema'],
    outputSchema: jsonSchema(tool.output, 'output') as ListedTool['outputSchema'],
    annotations: hints(tool.effect),
  }
}

function jsonSchema(schema: z.ZodObject, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io,
    unrepresentable: 'any',
    // Lengths of text are checked and not listed: they tell a model nothing and cost tokens in every conversation.
    override({ jsonSchema }) {
      delete jsonSchema.minLength
      delete jsonSchema.maxLength
    },
  })
  return rest
}
