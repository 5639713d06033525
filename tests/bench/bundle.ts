import { execFileSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './server.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Builds the bundles when they are missing or older than what they are made of. Says so on stderr. */
export function buildIfStale(): void {
  const sources = globSync('{servers/{kubernetes,session-memory},shared/{core,mcp-kit,store}}/src/**/*.ts', {
    cwd: root,
  })
  const newest = Math.max(
    ...[...sources, 'scripts/build.ts', 'scripts/bundle-plugins.ts', 'pnpm-lock.yaml'].map((path) =>
      changed(join(root, path)),
    ),
  )
  if (changed(bundle) >= newest) return
  process.stderr.write('Building the bundles, which are missing or older than the sources.\n')
  execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root, stdio: 'inherit' })
}

/** When a file was last written, in milliseconds; 0 when there is none. */
function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
