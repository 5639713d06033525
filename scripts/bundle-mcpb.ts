import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundled } from './generated/bundle-manifest.ts'
import { root } from './generated/servers.ts'

/** Packs the built servers that need no native code as .mcpb files, which Claude Desktop installs by a double click: dist/NAME.mcpb. */
const base = fileURLToPath(root)
mkdirSync(join(base, 'dist'), { recursive: true })
for (const name of bundled) {
  const server = join(base, 'servers', name)
  if (!existsSync(join(server, 'dist/main.js'))) {
    process.stderr.write(`The ${name} server is not built. Run pnpm build.\n`)
    process.exitCode = 1
    break
  }
  const folder = mkdtempSync(join(tmpdir(), 'kubevigil-bundle-'))
  // What V8 compiled is for this machine alone.
  cpSync(join(server, 'dist'), join(folder, 'server'), {
    recursive: true,
    filter: (path) => basename(path) !== 'compiled',
  })
  cpSync(join(server, 'manifest.json'), join(folder, 'manifest.json'))
  cpSync(join(base, 'LICENSE'), join(folder, 'LICENSE'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  mcpb('validate', join(folder, 'manifest.json'))
  mcpb('pack', folder, join(base, 'dist', `${name}.mcpb`))
  rmSync(folder, { recursive: true, force: true })
}

function mcpb(...args: string[]): void {
  execFileSync(process.execPath, [join(base, 'node_modules/@anthropic-ai/mcpb/dist/cli/cli.js'), ...args], {
    stdio: 'inherit',
  })
}
