import { takeWithin } from '@kubevigil/core/budget'
import { detect } from '@kubevigil/core/detect'
import { group } from '@kubevigil/core/group'
import { ClusterStatus, Incident, severityOrder } from '@kubevigil/core/incident'
import { Coverage } from '@kubevigil/core/observe'
import { statusOf } from '@kubevigil/core/status'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { observe } from '../observe/observe.ts'

/** Characters the incidents may take, so that the whole answer stays under 16,000 whatever fails. */
const incidentBudget = 12_500

export const checkClusterHealth = defineTool({
  name: 'check_cluster_health',
  title: 'Check cluster health',
  description:
    'What is wrong in the cluster or one namespace: incidents grouped by root cause, worst first, each with evidence, likely causes and exact next steps. ' +
    'coverage says what could not be read; status unknown means that the cluster could not be looked at. Start here.',
  effect: 'read',
  input: z.strictObject({
    ...parameters,
    minSeverity: z
      .enum(['critical', 'warning', 'info'])
      .default('warning')
      .describe('Least severity to list; counts cover all'),
    limit: z.int().min(1).max(50).default(20).describe('Most incidents to list'),
  }),
  output: z.strictObject({
    cluster: z.string(),
    context: z.string(),
    takenAt: z.string(),
    status: ClusterStatus,
    coverage: z.array(Coverage),
    incidents: z.array(Incident),
    counts: z
      .strictObject({ critical: z.int(), warning: z.int(), info: z.int() })
      .describe('Incidents of each severity, listed or not'),
    omitted: z
      .strictObject({ incidents: z.int(), hint: z.string() })
      .describe('What was left out and how to ask for it'),
  }),
  deadlineMs: 60_000,
  async run({ context, namespace, minSeverity, limit }, { client, detectOptions, now }, { signal, progress }) {
    const kube = await client(context)
    progress(0, 3, 'Reading the cluster')
    const snapshot = await observe(kube, namespace, now(), signal)
    progress(1, 3, 'Looking for faults')
    const found = group(detect(snapshot, detectOptions, now()), snapshot)
    progress(2, 3, 'Grouping by cause')
    const listed = found.filter((incident) => severityOrder[incident.severity] <= severityOrder[minSeverity])
    const { kept } = takeWithin(listed.slice(0, limit), incidentBudget)
    const omitted = listed.length - kept.length
    const count = (severity: Incident['severity']): number =>
      found.filter((incident) => incident.severity === severity).length
    return {
      cluster: kube.cluster,
      context: kube.context,
      takenAt: snapshot.takenAt,
      status: statusOf(snapshot.coverage, found),
      coverage: brief(snapshot.coverage),
      incidents: kept,
      counts: { critical: count('critical'), warning: count('warning'), info: count('info') },
      omitted: {
        incidents: omitted,
        hint:
          omitted > 0
            ? 'Ask with a namespace, or minSeverity critical; list_resources and diagnose_resource show single objects.'
            : '',
      },
    }
  },
})

/** Sources that were read whole are one entry; each gap keeps its own. */
function brief(coverage: readonly Coverage[]): Coverage[] {
  const whole = coverage.filter((entry) => entry.status === 'ok' && !matters.has(entry.source))
  const rest = coverage.filter((entry) => entry.status !== 'ok' || matters.has(entry.source))
  if (whole.length === 0) return rest
  return [...rest, { source: whole.map((entry) => entry.source).join(', '), status: 'ok', detail: '' }]
}

const matters = new Set(['api', 'pods', 'nodes'])
