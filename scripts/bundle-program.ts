import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { Tool } from '../shared/mcp-kit/src/define-tool.ts'
import { listingOf } from '../shared/mcp-kit/src/listing.ts'
import {
  builtinsByRequire,
  englishOnly,
  generatedCallsLeftOut,
  httpClientOnFirstUse,
  listingReady,
  validatorOnFirstUse,
} from './bundle-plugins.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Starts the program with its code as V8 compiled it before, kept beside it: a folder that only whoever installed it writes.
 * The space for young objects stays as small as it starts out, and the rest grows by half, not to several times what is in use:
 * both would come to tens of megabytes that hold only garbage.
 */
const starter = `import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
setFlagsFromString('--semi-space-growth-factor=1')
setFlagsFromString('--heap-growing-percent=50')
module.enableCompileCache?.(fileURLToPath(new URL('compiled', import.meta.url)))
await import('./program.js')
`

/** Starts a server once, and imports what it would import later, so that what V8 compiles is kept for all starts that follow. */
function keepCompiled(outdir: string): void {
  execFileSync(process.execPath, [join(outdir, 'main.js'), '--help'])
  const chunks = globSync('chunks/*.js', { cwd: outdir }).map((path) => `await import('./${path}')`)
  // What is compiled under other flags is not taken.
  const warm = starter.replace("await import('./program.js')", chunks.join('\n')).replaceAll('import.meta.url', 'here')
  const here = `const here = ${JSON.stringify(pathToFileURL(resolve(outdir, 'main.js')).href)}\n`
  execFileSync(process.execPath, ['--input-type=module', '--eval', here + warm], { cwd: outdir })
}

async function listingOfServer(program: string): Promise<object[]> {
  const path = pathToFileURL(join(root, program, 'src/tools/index.ts')).href
  const { tools } = (await import(path)) as { tools: readonly Tool<unknown>[] }
  return listingOf(async () => tools)
}

/**
 * Bundles a program into a folder that plain node starts with nothing beside it but native modules, found from where the folder lies.
 * Splitting keeps what is imported on first use (a vendor's client) out of the file that has to be read at start.
 * @param program its folder in the repository, such as servers/slack
 */
export async function bundleProgram(program: string, outdir: string): Promise<void> {
  const isServer = program.startsWith('servers/')
  await rm(outdir, { recursive: true, force: true })
  await build({
    entryPoints: [join(root, program, 'src/main.ts')],
    outdir,
    entryNames: 'program',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    plugins: [
      englishOnly,
      builtinsByRequire,
      generatedCallsLeftOut,
      httpClientOnFirstUse,
      validatorOnFirstUse,
      ...(isServer ? [listingReady(await listingOfServer(program))] : []),
    ],
    // Native code cannot be bundled.
    external: ['better-sqlite3'],
    // CommonJS dependencies inside the bundle ask for Node's modules by require().
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  await writeFile(join(outdir, 'main.js'), starter)
  if (isServer) keepCompiled(outdir)
}
