import { readdirSync } from 'node:fs'
import { bundled, bundleManifest } from './bundle-manifest.ts'
import { claudeSettings, settingsPath } from './claude-settings.ts'
import { readRoot, root, servers } from './servers.ts'
import { serverJson } from './server-json.ts'
import { toolsDoc } from './tools-doc.ts'

/** A checked-in file that follows from the sources. */
export interface GeneratedFile {
  /** From the root of the repository. */
  path: string
  text: string
}

const subagents = 'agents/prompts'
const subagentCopies = 'claude-config/.claude/agents'

/** Every checked-in file that follows from the sources, as it has to be. */
export async function generatedFiles(): Promise<GeneratedFile[]> {
  return [
    { path: 'docs/tools.md', text: await toolsDoc(servers) },
    { path: settingsPath, text: claudeSettings(servers) },
    ...servers.map((server) => ({ path: `servers/${server.name}/server.json`, text: serverJson(server) })),
    ...servers
      .filter(({ name }) => bundled.includes(name))
      .map((server) => ({ path: `servers/${server.name}/manifest.json`, text: bundleManifest(server) })),
    // Copies, because a clone on Windows has no symbolic links.
    ...subagentFiles().map((file) => ({
      path: `${subagentCopies}/${file}`,
      text: readRoot(`${subagents}/${file}`),
    })),
  ]
}

/** Copies of subagents that are no more, from the root of the repository. */
export function leftOver(): string[] {
  const known = new Set(subagentFiles())
  return markdownIn(subagentCopies)
    .filter((file) => !known.has(file))
    .map((file) => `${subagentCopies}/${file}`)
}

function subagentFiles(): string[] {
  return markdownIn(subagents).sort()
}

function markdownIn(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, root)).filter((file) => file.endsWith('.md'))
}
