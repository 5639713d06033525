import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { generatedFiles, leftOver } from './generated/files.ts'
import { root } from './generated/servers.ts'

/** Writes the checked-in files that follow from the sources; a test holds them to it. */
const files = await generatedFiles()
for (const { path, text } of files) writeFileSync(new URL(path, root), text)
for (const path of leftOver()) rmSync(new URL(path, root))
const json = files.map(({ path }) => path).filter((path) => path.endsWith('.json'))
execFileSync(process.execPath, ['node_modules/oxfmt/bin/oxfmt', '--write', ...json], {
  cwd: fileURLToPath(root),
  stdio: 'ignore',
})
