import type { ServerTool } from '../../subagent-tools.ts'
import type { Work } from '../engine.ts'
import type { ModelTool } from './loop.ts'

/**
 * The servers' tools as a model of the driver may call them: those that read, and nothing else, whatever a subagent's file lists.
 * Context and cluster are the cycle's own: a model does not choose which cluster it looks at.
 */
export function readingTools(tools: readonly ServerTool[], { servers, cluster, context, signal }: Work): ModelTool[] {
  return tools
    .filter((tool) => tool.readOnly)
    .map(({ server: serverName, name, fullName, description, inputSchema }) => {
      const { context: hasContext, cluster: hasCluster, ...properties } = inputSchema.properties ?? {}
      return {
        name: fullName,
        description,
        inputSchema: { ...inputSchema, properties, ...required(inputSchema) },
        async run(input) {
          const server = servers[serverName]
          if (!('call' in server)) throw new Error(server.failure)
          const own = {
            ...(hasContext !== undefined && context !== undefined ? { context } : {}),
            ...(hasCluster === undefined ? {} : { cluster }),
          }
          const { context: _context, cluster: _cluster, ...asked } = input
          return JSON.stringify(await server.call(name, { ...asked, ...own }, { signal, timeoutMs: 30_000 }))
        },
      }
    })
}

/** The required parameters without those the driver fills in. */
function required(schema: object): { required?: string[] } {
  const names = 'required' in schema && Array.isArray(schema.required) ? (schema.required as string[]) : []
  return { required: names.filter((name) => name !== 'context' && name !== 'cluster') }
}
