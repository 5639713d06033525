import { UserError } from '@kubevigil/mcp-kit/errors'
import { serverNames, type ServerName, type Servers } from './servers.ts'
import type { Subagent } from './subagents.ts'

/** A tool of a running server. */
export interface ServerTool {
  server: ServerName
  name: string
  /** As models know it: `mcp__server__name`. */
  fullName: string
  description: string
  inputSchema: { type: 'object'; properties?: Record<string, unknown> }
  readOnly: boolean
}

/** Tools that a server offers only when its operator has switched them on; a subagent may name them all the same. */
export const offByDefault = new Set([
  'mcp__kubernetes__propose_remediation',
  'mcp__kubernetes__apply_remediation',
  'mcp__kubernetes__list_remediations',
  'mcp__github__open_change_pr',
  'mcp__github__upsert_incident_issue',
])

/** Every tool of the servers that run. */
export async function listServerTools(servers: Servers): Promise<ServerTool[]> {
  const lists = await Promise.all(
    Object.values(servers).map(async (server) => {
      if (!('listTools' in server)) return []
      const tools = await server.listTools()
      return tools.map(({ name, description = '', inputSchema, annotations = {} }): ServerTool => ({
        server: server.name as ServerName,
        name,
        fullName: `mcp__${server.name}__${name}`,
        description,
        inputSchema: inputSchema as ServerTool['inputSchema'],
        readOnly: 'readOnlyHint' in annotations && annotations.readOnlyHint === true,
      }))
    }),
  )
  return lists.flat()
}

/**
 * Holds every subagent to tools that exist. A server that does not run cannot be asked, so its names pass.
 * @throws UserError that names the file and the tool: a model would be sent to work without it
 */
export function checkSubagents(subagents: readonly Subagent[], tools: readonly ServerTool[], servers: Servers): void {
  const known = new Set(tools.map((tool) => tool.fullName))
  for (const { name, tools: entries } of subagents) {
    for (const entry of entries) {
      const server = serverNames.find((one) => belongsTo(entry, one))
      if (server !== undefined && !('call' in servers[server])) continue
      if (server !== undefined && isWholeServer(entry, server)) continue
      if (known.has(entry) || offByDefault.has(entry)) continue
      throw new UserError(
        'subagent-unknown-tool',
        `The subagent agents/prompts/${name}.md names the tool ${entry}, which no server has.`,
        'Correct the name, or build and run driver and servers of one version.',
      )
    }
  }
}

/** The tools a subagent may use among those given. */
export function toolsOf({ tools: entries }: Subagent, tools: readonly ServerTool[]): ServerTool[] {
  return tools.filter((tool) => entries.some((entry) => entry === tool.fullName || isWholeServer(entry, tool.server)))
}

function belongsTo(entry: string, server: ServerName): boolean {
  return isWholeServer(entry, server) || entry.startsWith(`mcp__${server}__`)
}

function isWholeServer(entry: string, server: ServerName): boolean {
  return entry === `mcp__${server}` || entry === `mcp__${server}__*`
}
