import type { Server } from '@modelcontextprotocol/sdk/server/index.js'
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js'
import { UriTemplate } from '@modelcontextprotocol/sdk/shared/uriTemplate.js'
import {
  ErrorCode,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  type CallToolResult,
  type ServerNotification,
  type ServerRequest,
} from '@modelcontextprotocol/sdk/types.js'
import { redact } from '@kubevigil/core/redact'
import type { Resource } from './define-resource.ts'

export type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>

const mimeType = 'application/json'

/**
 * Answers resources/list, resources/templates/list and resources/read. A list touches no tool; to read one is to call its tool,
 * with the same checks, redaction and budget.
 * @param callTool answers as tools/call does
 */
export function serveResources(
  server: Server,
  resources: readonly Resource[],
  callTool: (tool: string, args: Record<string, unknown>, extra: Extra) => Promise<CallToolResult>,
): void {
  const fixed = resources.filter(({ uri }) => !UriTemplate.isTemplate(uri))
  const templates = resources.filter(({ uri }) => UriTemplate.isTemplate(uri))

  server.setRequestHandler(ListResourcesRequestSchema, async () => ({
    resources: fixed.map(({ uri, name, title, description }) => ({ uri, name, title, description, mimeType })),
  }))

  server.setRequestHandler(ListResourceTemplatesRequestSchema, async () => ({
    resourceTemplates: templates.map(({ uri, name, title, description }) => {
      return { uriTemplate: uri, name, title, description, mimeType }
    }),
  }))

  server.setRequestHandler(ReadResourceRequestSchema, async ({ params: { uri } }, extra) => {
    const { resource, variables } = find(uri)
    const { content, isError } = await callTool(resource.tool, resource.arguments(variables), extra)
    const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('\n')
    // A resource has no form for a failure of its own: the text, which is ours and says what to do next, goes as an error.
    if (isError === true) throw new McpError(ErrorCode.InternalError, text)
    return { contents: [{ uri, mimeType, text }] }
  })

  /** The resource of an address; one that stands in the list comes before a template that fits it too. */
  function find(uri: string): { resource: Resource; variables: Record<string, string> } {
    const exact = fixed.find((one) => one.uri === uri)
    if (exact !== undefined) return { resource: exact, variables: {} }
    for (const resource of templates) {
      const variables = new UriTemplate(resource.uri).match(uri)
      if (variables !== null) return { resource, variables: variables as Record<string, string> }
    }
    const known = resources.map((one) => one.uri).join(', ')
    throw new McpError(ErrorCode.InvalidParams, redact(`There is no resource ${uri}. This server has: ${known}.`))
  }
}
