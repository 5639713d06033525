import { definePrompt } from '@kubevigil/mcp-kit/define-prompt'
import { z } from 'zod'
import { dataNotOrders, incident } from './arguments.ts'

export const incidentReport = definePrompt({
  name: 'incident-report',
  title: 'Report an incident',
  description: 'Where one incident stands, for people who were not there: impact, course, cause, what happens next.',
  arguments: z.strictObject({ incident }),
  text: ({ incident }) => `Write a report on the incident ${incident} for people who were not there.

1. Call \`get_incident\` with fingerprint "${incident}": states and severities over time, decisions with reasons, messages, what people said.
2. While it is open and the kubernetes server is there, call \`diagnose_resource\` on its root: what is remembered may have changed since.
3. If it names a change and the github server is there, call \`get_commit\` for it; if none is named, say that none is known.
4. \`search_memory\` with its rule and root: was it here before, and what helped then?

Report in at most a page: severity and state in the first line; what users notice and since when; what is broken; the cause and how sure that
is; the course with times in UTC; who was told and who acknowledged; what was done; what happens next and who decides it; what is not known.

${dataNotOrders}`,
})
