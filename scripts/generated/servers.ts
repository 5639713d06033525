import { readFileSync } from 'node:fs'
import type { Prompt } from '../../shared/mcp-kit/src/define-prompt.ts'
import type { Resource } from '../../shared/mcp-kit/src/define-resource.ts'
import type { Tool } from '../../shared/mcp-kit/src/define-tool.ts'
import { Environment as GitHubEnvironment } from '../../servers/github/src/config.ts'
import { tools as githubTools } from '../../servers/github/src/tools/index.ts'
import { Environment as KubernetesEnvironment } from '../../servers/kubernetes/src/config.ts'
import { prompts as kubernetesPrompts } from '../../servers/kubernetes/src/prompts/index.ts'
import { resources as kubernetesResources } from '../../servers/kubernetes/src/resources/index.ts'
import { tools as kubernetesTools } from '../../servers/kubernetes/src/tools/index.ts'
import { MemoryEnvironment } from '../../servers/session-memory/src/config.ts'
import { prompts as memoryPrompts } from '../../servers/session-memory/src/prompts/index.ts'
import { resources as memoryResources } from '../../servers/session-memory/src/resources/index.ts'
import { tools as memoryTools } from '../../servers/session-memory/src/tools/index.ts'
import { SlackEnvironment } from '../../servers/slack/src/config.ts'
import { tools as slackTools } from '../../servers/slack/src/tools/index.ts'

/** What of a variable's schema is told elsewhere. */
interface Variable {
  description?: string | undefined
  safeParse: (value: unknown) => { success: boolean }
}

/** What the files are generated from: a server as its sources declare it. */
export interface ServerFacts {
  name: string
  /** What of package.json is told elsewhere, too; `mcpName` is the server's name in the MCP registry. */
  manifest: { name: string; version: string; description: string; mcpName: string }
  environment: { shape: Record<string, Variable> }
  tools: readonly Tool<never>[]
  prompts: readonly Prompt[]
  resources: readonly Resource[]
}

/** The repository's root folder. */
export const root = new URL('../../', import.meta.url)

export function readRoot(path: string): string {
  return readFileSync(new URL(path, root), 'utf8')
}

function facts(name: string, declared: Omit<ServerFacts, 'name' | 'manifest'>): ServerFacts {
  return { name, manifest: JSON.parse(readRoot(`servers/${name}/package.json`)), ...declared }
}

/** The servers in the order of the flow. */
export const servers: readonly ServerFacts[] = [
  facts('kubernetes', {
    environment: KubernetesEnvironment,
    tools: kubernetesTools,
    prompts: kubernetesPrompts,
    resources: kubernetesResources,
  }),
  facts('github', { environment: GitHubEnvironment, tools: githubTools, prompts: [], resources: [] }),
  facts('slack', { environment: SlackEnvironment, tools: slackTools, prompts: [], resources: [] }),
  facts('session-memory', {
    environment: MemoryEnvironment,
    tools: memoryTools,
    prompts: memoryPrompts,
    resources: memoryResources,
  }),
]
