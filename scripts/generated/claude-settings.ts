import { readRoot, type ServerFacts } from './servers.ts'

export const settingsPath = 'claude-config/.claude/settings.json'

interface Settings {
  permissions: { allow: string[]; ask: string[]; deny: string[] }
}

/**
 * The settings of claude-config: every tool that only reads runs unasked, every other one asks a person.
 * What is denied, and everything else, is written by hand.
 */
export function claudeSettings(servers: readonly ServerFacts[]): string {
  const settings = JSON.parse(readRoot(settingsPath)) as Settings
  const tools = servers.flatMap((server) =>
    server.tools.map(({ name, effect }) => ({ rule: `mcp__${server.name}__${name}`, reads: effect === 'read' })),
  )
  const rules = (reads: boolean): string[] => tools.filter((tool) => tool.reads === reads).map((tool) => tool.rule)
  return JSON.stringify({
    ...settings,
    permissions: { ...settings.permissions, allow: rules(true), ask: rules(false) },
  })
}
