import { dailySummary } from './daily-summary.ts'
import { incidentReport } from './incident-report.ts'
import { postmortem } from './postmortem.ts'

/** Every prompt of the server. */
export const prompts = [dailySummary, incidentReport, postmortem]
