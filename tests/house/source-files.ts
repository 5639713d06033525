import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Paths, relative to the root, of a folder's TypeScript files. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/(?:^|\/)(?:node_modules|dist)\//.test(file))
    .map((file) => `${folder}/${file}`)
}

export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** Module specifiers a source names, in static and dynamic imports and in re-exports. */
export function importsOf(source: string): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g
  return [...source.matchAll(pattern)].map((match) => (match[1] ?? match[2] ?? match[3])!)
}

/** The package a specifier belongs to: `node` for Node's own modules, undefined for a path. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.')) return undefined
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return 'node'
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
