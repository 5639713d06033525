import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { generatedFiles, leftOver } from '../../scripts/generated/files.ts'
import { toolsDoc } from '../../scripts/generated/tools-doc.ts'
import { servers } from '../../scripts/generated/servers.ts'
import { read, root } from '../house/source-files.ts'

const files = await generatedFiles()

describe('what is generated', () => {
  it.each(files)('$path is what pnpm generate writes', ({ path, text }) => {
    expect(existsSync(root + path), 'run pnpm generate').toBe(true)
    const there = read(path)
    // The formatter has its own way with JSON.
    const meaning = (file: string): unknown => (path.endsWith('.json') ? JSON.parse(file) : file)
    expect(meaning(there), 'run pnpm generate').toEqual(meaning(text))
  })

  it('leaves no copy of a subagent that is no more', () => {
    expect(leftOver()).toEqual([])
  })
})

describe('docs/tools.md', () => {
  it('names every tool with its effect, and every parameter with type, bounds and default', async () => {
    const page = await toolsDoc(servers)
    for (const { tools } of servers)
      for (const { name, effect } of tools) expect(page).toContain(`| \`${name}\` | ${effect} | `)
    expect(page).toContain('| `limit` | integer, 1 to 50 | `20` | Most listed |')
    expect(page).toContain('| `minSeverity` | `critical`, `warning`, `info` | `"warning"` | Least listed |')
    expect(page).toContain('`kubevigil://incidents/{id}`')
    expect(page).toContain('`daily-summary`')
  })

  it('follows the sources', async () => {
    const [first] = servers
    const other = { ...first!, tools: first!.tools.map((tool) => ({ ...tool, description: 'a | b\nc' })) }
    // A text with the table's own signs stays in its cell.
    expect(await toolsDoc([other])).toContain(`| \`${first!.tools[0]!.name}\` | read | a \\| b c |`)
  })
})
