import { assessIncidents } from './assess-incidents.ts'
import { compareCycles } from './compare-cycles.ts'
import { getContext } from './get-context.ts'
import { getIncident } from './get-incident.ts'
import { getMemoryStats } from './get-memory-stats.ts'
import { getTrends } from './get-trends.ts'
import { listIncidents } from './list-incidents.ts'
import { recordCycle } from './record-cycle.ts'
import { searchMemory } from './search-memory.ts'
import { updateIncident } from './update-incident.ts'

export const tools = [
  assessIncidents,
  compareCycles,
  getContext,
  getIncident,
  getMemoryStats,
  getTrends,
  listIncidents,
  recordCycle,
  searchMemory,
  updateIncident,
]
