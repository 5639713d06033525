import { z } from 'zod'
import { defineTool, exportName } from '../context.ts'

export const importMemory = defineTool({
  name: 'import_memory',
  title: 'Import memory',
  description: 'Takes a file of export_memory in exports/ beside the database into an empty memory.',
  effect: 'write',
  deadlineMs: 600_000,
  input: z.strictObject({ file: exportName }),
  output: z.strictObject({ path: z.string(), rows: z.int() }),
  async run({ file }, { memory }) {
    return memory.importFrom(file)
  },
})
