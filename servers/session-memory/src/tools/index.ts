import { assessIncidents } from './assess-incidents.ts'
import { compareCycles } from './compare-cycles.ts'
import { detectAnomalies } from './detect-anomalies.ts'
import { exportMemory } from './export-memory.ts'
import { getContext } from './get-context.ts'
import { getIncident } from './get-incident.ts'
import { getMemoryStats } from './get-memory-stats.ts'
import { getTrends } from './get-trends.ts'
import { importMemory } from './import-memory.ts'
import { listIncidents } from './list-incidents.ts'
import { pruneMemory } from './prune-memory.ts'
import { recordCycle } from './record-cycle.ts'
import { recordMetrics } from './record-metrics.ts'
import { searchMemory } from './search-memory.ts'
import { updateIncident } from './update-incident.ts'

export const tools = [
  assessIncidents,
  compareCycles,
  detectAnomalies,
  exportMemory,
  getContext,
  getIncident,
  getMemoryStats,
  getTrends,
  importMemory,
  listIncidents,
  pruneMemory,
  recordCycle,
  recordMetrics,
  searchMemory,
  updateIncident,
]
