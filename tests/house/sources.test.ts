import { describe, expect, it } from 'vitest'
import { rooms } from './rooms.ts'
import { read, sourceFiles } from './source-files.ts'

const files = rooms.flatMap((room) => sourceFiles(room.folder))
const shipped = files.filter((file) => !file.endsWith('.test.ts'))

describe('sources', () => {
  it('have kebab-case names', () => {
    expect(files.filter((file) => !/^[a-z0-9-]+(?:\.test)?\.ts$/.test(file.split('/').at(-1)!))).toEqual([])
  })

  it('never ask the clock in core', () => {
    const clocks = shipped.filter(
      (file) => file.startsWith('shared/core/') && /\bnew Date\(\)|Date\.now|performance\.now/.test(read(file)),
    )
    expect(clocks).toEqual([])
  })

  it('write to stdout only where a command prints its result', () => {
    const printers = new Set([
      'agents/src/main.ts',
      'shared/simulator/src/main.ts',
      'shared/simulator/src/demo.ts',
      'shared/mcp-kit/src/stdio.ts',
    ])
    expect(
      shipped.filter((file) => /process\.stdout\.write|console\.log/.test(read(file)) && !printers.has(file)),
    ).toEqual([])
  })

  it('hold no byte a reader cannot see', () => {
    // Zero-width and bidirectional characters in a source would show a reviewer other code than runs.
    expect(files.filter((file) => /[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/.test(read(file)))).toEqual([])
  })
})
