import { rm } from 'node:fs/promises'
import { build } from 'esbuild'

/**
 * Bundles what ships: one folder a program, started by plain node with nothing beside it but native modules.
 * Splitting keeps what is imported on first use (a vendor's client) out of the file that has to be read at start.
 */
const programs = [
  'servers/kubernetes',
  'servers/github',
  'servers/slack',
  'servers/session-memory',
  'agents',
  'shared/simulator',
]

for (const program of programs) {
  const outdir = `${program}/dist`
  await rm(outdir, { recursive: true, force: true })
  await build({
    entryPoints: [`${program}/src/main.ts`],
    outdir,
    entryNames: 'main',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    // Native code cannot be bundled.
    external: ['better-sqlite3'],
    // CommonJS dependencies inside the bundle ask for Node's modules by require().
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
}
