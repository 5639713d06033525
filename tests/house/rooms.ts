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
  { folder: 'shared/simulator', may: [core, 'node', 'emulate'], only: { emulate: 'src/front' } },
  {
    folder: 'servers/kubernetes',
    may: [core, kit, 'zod', 'node', '@kubernetes/client-node'],
    only: { '@kubernetes/client-node': 'src/kube' },
  },
  {
    folder: 'servers/github',
    may: [core, kit, 'zod', 'node', '@octokit/rest'],
    only: { '@octokit/rest': 'src/github' },
  },
  {
    folder: 'servers/slack',
    may: [core, kit, store, 'zod', 'node', '@slack/web-api'],
    only: { '@slack/web-api': 'src/slack' },
    ships: ['better-sqlite3'],
  },
  { folder: 'servers/session-memory', may: [core, kit, store, 'zod', 'node'], ships: ['better-sqlite3'] },
  { folder: 'agents', may: [core, kit, 'zod', 'node', 'picocolors'] },
]
