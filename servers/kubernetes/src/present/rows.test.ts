import { describe, expect, it } from 'vitest'
import { plainRows, tableRows } from './rows.ts'

describe('tableRows', () => {
  const page = {
    columns: [
      { name: 'Name', type: 'string', priority: 0 },
      { name: 'Restarts', type: 'integer', priority: 0 },
      { name: 'Node', type: 'string', priority: 1 },
    ],
    rows: [
      { cells: ['web', 3, 'node-1'], object: { metadata: { name: 'web', namespace: 'shop' } } },
      { cells: [`\u001B[31m${'x'.repeat(500)}`, null, null], object: null },
    ],
    next: undefined,
    remaining: undefined,
  }

  it('shows the columns kubectl shows, with the namespace in front when asked', () => {
    expect(tableRows(page, true)).toMatchObject({
      columns: ['Namespace', 'Name', 'Restarts'],
      rows: [
        ['shop', 'web', '3'],
        ['', expect.any(String), ''],
      ],
    })
    expect(tableRows(page, false).columns).toEqual(['Name', 'Restarts'])
  })

  it('clips and cleans cells', () => {
    const cell = tableRows(page, false).rows[1]![0]!
    expect(cell.length).toBeLessThanOrEqual(160)
    expect(cell).toMatch(/^xxx/)
  })
})

describe('plainRows', () => {
  it('makes rows of whole objects', () => {
    const items = [{ metadata: { name: 'a', namespace: 'shop', creationTimestamp: '2026-11-21T01:00:00Z' } }]
    expect(plainRows(items, true)).toEqual({
      columns: ['Namespace', 'Name', 'Created At'],
      rows: [['shop', 'a', '2026-11-21T01:00:00Z']],
    })
  })
})
