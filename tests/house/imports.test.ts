import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rooms, type Room } from './rooms.ts'
import { importsOf, packageOf, read, sourceFiles } from './source-files.ts'

const ownTestTools = new Set(['vitest', 'node'])

/** Every import of a room that its row of the table does not allow, as `file imports what`. */
function trespasses(room: Room, files: readonly { file: string; source: string }[]): string[] {
  return files.flatMap(({ file, source }) => {
    const isTest = file.endsWith('.test.ts') || file.endsWith('/testing.ts')
    return importsOf(source)
      .filter((specifier) => {
        const name = packageOf(specifier)
        if (name === undefined) return relative(room.folder, join(dirname(file), specifier)).startsWith('..')
        const home = room.only?.[name]
        if (home !== undefined && !file.startsWith(`${room.folder}/${home}/`)) return !isTest
        return !room.may.includes(name) && !(isTest && ownTestTools.has(name))
      })
      .map((specifier) => `${file} imports ${specifier}`)
  })
}

/** The trespasses of one made-up file. */
function bad(room: Room, name: string, source: string): string[] {
  return trespasses(room, [{ file: `${room.folder}/src/${name}`, source }])
}

describe('who may import whom', () => {
  for (const room of rooms) {
    it(`${room.folder} imports only what the table allows`, () => {
      const files = sourceFiles(room.folder).map((file) => ({ file, source: read(file) }))
      expect(files.length).toBeGreaterThan(0)
      expect(trespasses(room, files)).toEqual([])
    })

    it(`${room.folder} declares only what the table allows`, () => {
      const manifest = JSON.parse(read(`${room.folder}/package.json`)) as { dependencies?: Record<string, string> }
      const foreign = Object.keys(manifest.dependencies ?? {}).filter(
        (name) => !room.may.includes(name) && !room.ships?.includes(name) && !name.startsWith('@types/'),
      )
      expect(foreign).toEqual([])
    })
  }

  it('notices a trespass', () => {
    const core = rooms[0]!
    const kubernetes = rooms.find((room) => room.folder === 'servers/kubernetes')!
    expect(bad(core, 'x.ts', "import { readFileSync } from 'node:fs'\n")).toHaveLength(1)
    expect(bad(core, 'x.ts', "import type { Tool } from '@kubevigil/mcp-kit/define-tool'\n")).toHaveLength(1)
    expect(bad(core, 'x.ts', "import { z } from 'zod'\nimport { hour } from './time.ts'\n")).toHaveLength(0)
    expect(bad(kubernetes, 'tools/x.ts', "export const m = await import('@kubernetes/client-node')\n")).toHaveLength(1)
    expect(bad(kubernetes, 'kube/x.ts', "import { KubeConfig } from '@kubernetes/client-node'\n")).toHaveLength(0)
    expect(bad(kubernetes, 'tools/x.ts', "import { tools } from '../../../github/src/tools/index.ts'\n")).toHaveLength(
      1,
    )
    expect(bad(kubernetes, 'tools/x.ts', "export { tools } from '@kubevigil/github'\n")).toHaveLength(1)
  })
})
