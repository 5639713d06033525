import { z } from 'zod'
import { defineTool, exportName } from '../context.ts'

export const exportMemory = defineTool({
  name: 'export_memory',
  title: 'Export memory',
  description: 'Writes all that is remembered as JSON lines to exports/ beside the database.',
  effect: 'write',
  deadlineMs: 600_000,
  input: z.strictObject({ file: exportName }),
  output: z.strictObject({ path: z.string(), rows: z.int(), bytes: z.int() }),
  async run({ file }, { memory }) {
    return memory.exportTo(file)
  },
})
