import { takeWithin } from '@kubevigil/core/budget'
import { z } from 'zod'
import { defineTool } from '../context.ts'

const contextBudget = 12_000

export const listContexts = defineTool({
  name: 'list_contexts',
  title: 'Contexts',
  description: 'Contexts of the kubeconfig; current is the default.',
  effect: 'read',
  input: z.strictObject({}),
  output: z.strictObject({
    cluster: z.string().describe('Cluster of the context in use; empty when none is chosen'),
    context: z.string().describe('Context in use when a call names none; empty when none is chosen'),
    contexts: z.array(
      z.strictObject({
        name: z.string(),
        cluster: z.string(),
        namespace: z.string(),
        current: z.boolean(),
      }),
    ),
    omitted: z.int().min(0).max(100_000),
  }),
  async run(_args, { contexts }) {
    const all = (await contexts()).toSorted((a, b) => Number(b.current) - Number(a.current))
    const { kept, omitted } = takeWithin(all, contextBudget)
    const current = all.find((entry) => entry.current)
    return { cluster: current?.cluster ?? '', context: current?.name ?? '', contexts: kept, omitted }
  },
})
