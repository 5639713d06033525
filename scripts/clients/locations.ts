import { homedir, platform } from 'node:os'
import { posix, win32 } from 'node:path'
import type { Environment } from '../../shared/mcp-kit/src/env.ts'

/** The machine that a client runs on, as far as the places of its files depend on it. */
export interface Machine {
  platform: NodeJS.Platform
  home: string
  environment: Environment
}

export function thisMachine(environment: Environment): Machine {
  return { platform: platform(), home: homedir(), environment }
}

/** Where Claude Desktop reads its servers from: modelcontextprotocol.io, "Connect to local MCP servers"; on Linux where Electron keeps it. */
export function claudeDesktopFile({ platform, home, environment }: Machine): string {
  const file = 'claude_desktop_config.json'
  if (platform === 'win32')
    return win32.join(environment['APPDATA'] || win32.join(home, 'AppData', 'Roaming'), 'Claude', file)
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Claude', file)
  return posix.join(environment['XDG_CONFIG_HOME'] || posix.join(home, '.config'), 'Claude', file)
}

/** Where Claude Code keeps the servers a person has in every folder ("user scope"). */
export function claudeCodeFile({ platform, home, environment }: Machine): string {
  const path = platform === 'win32' ? win32 : posix
  return path.join(environment['CLAUDE_CONFIG_DIR'] || home, '.claude.json')
}
