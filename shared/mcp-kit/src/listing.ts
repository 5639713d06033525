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
    // Lengths of texts and lists, shapes of text, the largest number there is, and that objects within take no other fields either, are checked
    // and not listed: they tell a model less than the descriptions do, and cost tokens in every conversation.
    override({ jsonSchema, path }) {
      delete jsonSchema.minLength
      delete jsonSchema.maxLength
      delete jsonSchema.minItems
      delete jsonSchema.maxItems
      delete jsonSchema.pattern
      if (path.length > 0 && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
    },
  })
  return rest
}
