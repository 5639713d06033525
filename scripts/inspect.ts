import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withDotEnv } from '../shared/mcp-kit/src/env.ts'
import { givenTo } from './clients/variables.ts'
import { root, servers } from './generated/servers.ts'

const inspector = '@modelcontextprotocol/inspector@2.12.0'

/**
 * Opens MCP Inspector on one server: the built one, or its sources when it is not built.
 * `pnpm inspect kubernetes` in the browser, `pnpm inspect kubernetes --cli --method tools/list` in the terminal.
 */
const [name, ...rest] = process.argv.slice(2)
const server = servers.find((one) => one.name === name)
if (server === undefined) {
  const known = servers.map((one) => one.name).join(', ')
  const got = name === undefined ? 'Name a server' : `There is no server "${name}"`
  process.stderr.write(`${got}: pnpm inspect <${known}> [--cli --method tools/list …].\n`)
  process.exitCode = 2
} else {
  const built = fileURLToPath(new URL(`servers/${server.name}/dist/main.js`, root))
  const source = fileURLToPath(new URL(`servers/${server.name}/src/main.ts`, root))
  const environment = withDotEnv()
  const { settings, secrets } = givenTo(server, environment, process.cwd())
  const entry = {
    command: process.execPath,
    args: [existsSync(built) ? built : source],
    env: { ...settings, ...secrets },
  }
  // In a file of our own: on the command line every user of the machine could read the tokens.
  const folder = mkdtempSync(join(tmpdir(), 'kubevigil-inspect-'))
  writeFileSync(join(folder, 'mcp.json'), JSON.stringify({ mcpServers: { [server.name]: entry } }), { mode: 0o600 })
  // In the browser it shows every server of the file, which has but one.
  const [mode, options] = rest[0] === '--cli' ? [['--cli', '--server', server.name], rest.slice(1)] : [[], rest]
  const child = spawn('npx', ['--yes', inspector, ...mode, '--config', 'mcp.json', ...options], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: {
      ...environment,
      // Inspector runs on the Node that stands first, which has to be as new as the project's.
      PATH: [dirname(process.execPath), environment['PATH']].join(delimiter),
      MCP_INSPECTOR_SECRET_STORE: 'memory',
    },
  })
  process.on('SIGINT', () => {})
  child.once('close', (code) => {
    rmSync(folder, { recursive: true, force: true })
    process.exitCode = code ?? 1
  })
}
