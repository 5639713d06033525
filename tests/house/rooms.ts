/** Who may import whom. A specifier is matched by package name; `node` stands for Node's own modules; own files are always allowed. */
export interface Room {
  /** Folder below the repository root. */
  folder: string
  may: readonly string[]
  /** Packages that only files below a certain folder of the room may import: a vendor's SDK stays in one place. */
  only?: Readonly<Record<string, string>>
  /** Declared though not imported here: native code that a bundle of this room finds beside itself. */
  ships?: readonly string[]
}

const core = '@kubevigil/core'
const kit = '@kubevigil/mcp-kit'
const store = '@kubevigil/store'

export const rooms: readonly Room[] = [
  { folder: 'shared/core', may: ['zod'] },
  { folder: 'shared/mcp-kit', may: [core, 'zod', '@modelcontextprotocol/sdk', 'yaml', 'node'] },
  { folder: 'shared/store', may: ['better-sqlite3', 'node'] },
  {
    folder: 'shared/simulator',
    may: [core, 'node', 'emulate', 'ws'],
    only: { emulate: 'src/front', ws: 'src/slack' },
  },
  {
    folder: 'servers/kubernetes',
    may: [core, kit, 'zod', 'node', '@kubernetes/client-node'],
    only: { '@kubernetes/client-node': 'src/kube' },
  },
  {
    folder: 'servers/github',
    may: [core, kit, 'zod', 'node', '@octokit/rest', '@octokit/auth-app'],
    only: { '@octokit/rest': 'src/github', '@octokit/auth-app': 'src/github' },
  },
  {
    folder: 'servers/slack',
    may: [core, kit, store, 'zod', 'node', '@slack/web-api', '@slack/socket-mode', 'undici'],
    only: { '@slack/web-api': 'src/slack', '@slack/socket-mode': 'src/slack', undici: 'src/slack' },
    ships: ['better-sqlite3'],
  },
  {
    folder: 'servers/session-memory',
    may: [core, kit, store, 'zod', 'node', 'csv-parse', 'csv-stringify'],
    only: { 'csv-parse': 'src/csv', 'csv-stringify': 'src/csv' },
    ships: ['better-sqlite3'],
  },
  {
    folder: 'agents',
    may: [core, kit, store, 'zod', 'node', 'picocolors', 'yaml', 'croner', '@anthropic-ai/sdk'],
    only: { '@anthropic-ai/sdk': 'src/engines', croner: 'src/schedule' },
    ships: ['better-sqlite3'],
  },
]
