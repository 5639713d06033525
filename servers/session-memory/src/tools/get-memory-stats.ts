import { clip } from '@kubevigil/core/budget'
import { z } from 'zod'
import { defineTool } from '../context.ts'

const mostNamed = 10

const Mark = z.strictObject({ id: z.int(), cluster: z.string(), startedAt: z.string() })

export const getMemoryStats = defineTool({
  name: 'get_memory_stats',
  title: 'Get memory stats',
  description: 'How the memory itself fares: sizes, counts, backups, and whether its file was repaired or restored.',
  effect: 'read',
  input: z.strictObject({}),
  output: z.strictObject({
    schemaVersion: z.int(),
    bytes: z.strictObject({ database: z.int(), log: z.int(), backups: z.int(), damaged: z.int() }),
    backups: z.int(),
    newestBackup: z.string().nullable(),
    damaged: z.array(z.string()).describe('Files set aside because they were damaged'),
    counts: z.strictObject({
      cycles: z.int(),
      clusters: z.int(),
      incidents: z.int(),
      open: z.int(),
      observations: z.int(),
      decisions: z.int(),
      events: z.int(),
      sessions: z.int(),
      messages: z.int(),
      foldedCycles: z.int().describe('Cycles of which prune_memory left a row a day'),
    }),
    oldest: Mark.nullable(),
    newest: Mark.nullable(),
    notices: z.array(z.string()).describe('What happened when the file was opened'),
  }),
  async run(_, { memory }) {
    const { damaged, newestBackup, oldest, newest, ...stats } = await memory.stats()
    return {
      ...stats,
      newestBackup: newestBackup ?? null,
      damaged: damaged.slice(-mostNamed),
      oldest: oldest ?? null,
      newest: newest ?? null,
      notices: memory.notices.slice(0, mostNamed).map((notice) => clip(notice, 300)),
    }
  },
})
