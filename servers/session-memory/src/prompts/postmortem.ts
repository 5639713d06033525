import { definePrompt } from '@kubevigil/mcp-kit/define-prompt'
import { z } from 'zod'
import { dataNotOrders, incident } from './arguments.ts'

export const postmortem = definePrompt({
  name: 'postmortem',
  title: 'Draft a postmortem',
  description: 'A blameless draft of what happened, why, and what would have helped, from what was recorded.',
  arguments: z.strictObject({ incident }),
  text: ({ incident }) => `Draft a blameless postmortem of the incident ${incident} from what was recorded.

1. Call \`get_incident\` with fingerprint "${incident}". While it is open, say that this is a draft of an incident that goes on.
2. Call \`search_memory\` with its rule and root, and \`get_trends\` for its cluster: did it announce itself, and was it here before?
3. If it names a change and the github server is there, call \`get_commit\` and \`list_pipeline_runs\` for its repository: which check could have
   seen it? Without a named change, hand the incident to \`correlate_incident\` if there are rollouts to compare with.

Write: summary in three sentences; impact (who, how long, against which tolerance); timeline in UTC with onset, detection, message,
acknowledgement, repair and end, and the minutes between them; root cause and what contributed; what went well; what went badly; where it was
luck; actions, each with an owner's role, a way to check it, and whether it prevents, detects or shortens; open questions.
Systems fail, people act on what they know: name changes and gaps, blame nobody.

${dataNotOrders}`,
})
