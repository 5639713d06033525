import { loadSubagents } from '../../agents/src/subagents.ts'
import { systemText, taskOf, toolUse, type AskedMessage, type Said } from '../../shared/simulator/src/claude.ts'

/** An incident as a task tells it. */
export interface TaskIncident {
  fingerprint: string
  title: string
  root: { kind: string; namespace: string; name: string }
  judgement: { sev: string; state: string; service: string | null }
}

const subagents = loadSubagents()

/** Which subagent a request is of: its prompt is the file's, unchanged. */
export function agentOf(asked: AskedMessage): string {
  return subagents.find(({ prompt }) => prompt === systemText(asked))?.name ?? 'nobody'
}

/** The incidents a request's task is about. */
export function incidentsOf(asked: AskedMessage): TaskIncident[] {
  const [, block] = /<incidents>\n(.*)\n<\/incidents>/.exec(taskOf(asked)) ?? []
  return JSON.parse(block ?? '[]') as TaskIncident[]
}

/** A report of the form the subagent is to hand in, with entries made of each incident. */
export function report(asked: AskedMessage, entry: (incident: TaskIncident) => object, more: object = {}): Said {
  return { content: [toolUse('submit_report', { incidents: incidentsOf(asked).map(entry), ...more })] }
}

/** Reports that say as little as a good model would of what it was given. */
export function diligent(asked: AskedMessage): Said {
  switch (agentOf(asked)) {
    case 'k8s-analyzer':
      return report(asked, ({ fingerprint, title }) => ({ fingerprint, cause: title, facts: [], open: '' }))
    case 'github-reviewer':
      return report(asked, ({ fingerprint }) => ({ fingerprint, verdict: 'explains', why: 'It lowered the limit.' }))
    case 'escalation-manager':
      return report(asked, ({ fingerprint }) => ({ fingerprint, raise: null, nextSteps: [1, 0], why: 'As judged.' }), {
        summary: 'One incident is open.',
      })
    case 'slack-notifier':
      return report(asked, ({ fingerprint, title }) => ({ fingerprint, explanation: `Users are affected: ${title}.` }))
    default:
      throw new Error('no subagent of the driver asked')
  }
}
