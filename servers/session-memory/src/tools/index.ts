import { assessIncidents } from './assess-incidents.ts'
import { getContext } from './get-context.ts'
import { listIncidents } from './list-incidents.ts'
import { recordCycle } from './record-cycle.ts'

export const tools = [assessIncidents, getContext, listIncidents, recordCycle]
