import type { ConnectedServer } from '../../shared/mcp-kit/src/client.ts'
import type { Tool } from '../../shared/mcp-kit/src/define-tool.ts'
import { describeError, UserError } from '../../shared/mcp-kit/src/errors.ts'
import type { ServerName, Servers } from '../../agents/src/servers.ts'
import { readConfig as readGitHub } from '../../servers/github/src/config.ts'
import { createContext as createGitHub } from '../../servers/github/src/context.ts'
import { tools as githubTools } from '../../servers/github/src/tools/index.ts'
import { readConfig as readKubernetes } from '../../servers/kubernetes/src/config.ts'
import { createContext as createKubernetes } from '../../servers/kubernetes/src/context.ts'
import { tools as kubernetesTools } from '../../servers/kubernetes/src/tools/index.ts'
import { readConfig as readMemory } from '../../servers/session-memory/src/config.ts'
import { createContext as createMemory } from '../../servers/session-memory/src/context.ts'
import { tools as memoryTools } from '../../servers/session-memory/src/tools/index.ts'
import { readConfig as readSlack } from '../../servers/slack/src/config.ts'
import { createContext as createSlack } from '../../servers/slack/src/context.ts'
import { tools as slackTools } from '../../servers/slack/src/tools/index.ts'
import { listingOf } from '../../shared/mcp-kit/src/listing.ts'

type Variables = Record<string, string>

/**
 * The four servers within this process, so that they share a clock that a test can set; everything but the wire is theirs.
 * @param sleep how the Slack server waits for its channel's turn
 */
export async function openServers(
  variables: Variables,
  sleep: (ms: number) => Promise<void>,
): Promise<{ servers: Servers; close: () => Promise<void> }> {
  const slack = await createSlack(readSlack(variables), { clock: { now: () => Date.now(), sleep } })
  const memory = await createMemory(readMemory(variables))
  const servers: Servers = {
    kubernetes: serve('kubernetes', kubernetesTools, createKubernetes(readKubernetes(variables))),
    github: serve('github', githubTools, createGitHub(readGitHub(variables))),
    slack: serve('slack', slackTools, slack),
    'session-memory': serve('session-memory', memoryTools, memory),
  }
  const close = async (): Promise<void> => {
    await slack.close()
    memory.memory.close()
  }
  return { servers, close }
}

function serve<Context>(name: ServerName, tools: readonly Tool<Context>[], context: Context): ConnectedServer {
  return {
    name,
    async call<T>(toolName: string, args: object, { signal = new AbortController().signal } = {}) {
      const tool = tools.find((one) => one.name === toolName)
      const parsed = tool?.input.safeParse(JSON.parse(JSON.stringify(args)))
      if (parsed?.success !== true) throw new UserError('tool-error', `${toolName}: ${parsed?.error.message}`, '')
      try {
        const output = await tool!.run(parsed.data, context, { signal, progress: () => {} })
        return JSON.parse(JSON.stringify(tool!.output.parse(output))) as T
      } catch (error) {
        throw new UserError('tool-error', describeError(error), '', { cause: error })
      }
    },
    listTools: () => listingOf(async () => tools),
    close: async () => {},
  }
}
