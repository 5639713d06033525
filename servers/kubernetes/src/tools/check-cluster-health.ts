import { setImmediate } from 'node:timers/promises'
import { clip } from '@kubevigil/core/budget'
import { detectInSteps, isHygiene } from '@kubevigil/core/detect'
import { groupInSteps } from '@kubevigil/core/group'
import { ClusterStatus, Incident, severityOrder } from '@kubevigil/core/incident'
import { logsWanted, withLogEvidence } from '@kubevigil/core/log-evidence'
import { Coverage, covered } from '@kubevigil/core/observe'
import { statusOf } from '@kubevigil/core/status'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { observe } from '../observe/observe.ts'
import { mostLogs, readLogs } from '../observe/read-logs.ts'
import { withMetrics } from '../observe/read-metrics.ts'
import { withPrometheus } from '../observe/read-prometheus.ts'
import { fitIncidents } from '../present/fit-incidents.ts'
import { namespaceExists } from '../present/missing.ts'
import { checkNamespace } from '../present/names.ts'
import { withRecentRollouts } from '../rollouts/recent.ts'

/** Characters the incidents of one answer may take, so that the whole stays under 16,000 whatever fails. */
const incidentBudget = 13_000

export const checkClusterHealth = defineTool({
  name: 'check_cluster_health',
  title: 'Cluster health',
  description: 'What is wrong: incidents by root cause, worst first; coverage says what could not be read. Start here.',
  effect: 'read',
  input: z.strictObject({
    ...parameters,
    minSeverity: z.enum(['critical', 'warning', 'info']).default('warning').describe('Least listed'),
    hygiene: z.boolean().default(false).describe('Bad habits, too'),
    limit: z.int().min(1).max(50).default(20).describe('Most listed'),
    cursor: z.string().max(60).optional().describe('nextCursor of the same look'),
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
      .describe('What this answer leaves out and how to ask for it'),
    nextCursor: z.string().nullable(),
  }),
  deadlineMs: 60_000,
  async run(args, { client, detectOptions, looks, prometheusOf, now }, call) {
    const { context, minSeverity, hygiene, limit, cursor } = args
    const namespace = checkNamespace(args.namespace)
    const kube = await client(context)
    const scope = [kube.context, namespace ?? '', minSeverity, hygiene].join(' ')
    const { look, start } = cursor === undefined ? { look: await lookAgain(), start: 0 } : looks.resume(cursor, scope)
    const page = fitIncidents(look.listed.slice(start, start + limit), incidentBudget)
    const next = start + page.length
    const left = look.listed.length - next
    const { snapshot, counts, status } = look
    return {
      cluster: kube.cluster,
      context: kube.context,
      takenAt: snapshot.takenAt,
      status,
      coverage: brief(snapshot.coverage),
      incidents: page,
      counts,
      omitted: {
        incidents: left,
        hint: left > 0 ? 'Call again with nextCursor, or narrow by namespace or minSeverity.' : '',
      },
      nextCursor: left > 0 ? looks.cursor(look, next) : null,
    }

    async function lookAgain() {
      call.progress(0, 4, 'Reading the cluster')
      const seen = await observe(kube, namespace, now(), call.signal)
      if (namespace !== undefined && seen.census.total === 0 && covered(seen, 'pods'))
        await namespaceExists(kube, namespace, call.signal)
      const measured = await withMetrics(kube, seen, call.signal)
      const snapshot = await withPrometheus(measured, await prometheusOf(kube.context), now(), call.signal)
      call.progress(1, 4, 'Looking for faults')
      const findings = await inTurns(detectInSteps(snapshot, { ...detectOptions, hygiene }, now()), call.signal)
      call.progress(2, 4, 'Reading the logs of what fails')
      const { logs, coverage } = await readLogs(kube, snapshot, logsWanted(findings, mostLogs), call.signal)
      call.progress(3, 4, 'Grouping by cause')
      const grouped = await inTurns(groupInSteps(withLogEvidence(findings, logs, snapshot), snapshot), call.signal)
      const found = await withRecentRollouts(kube, grouped, snapshot, call.signal)
      const count = (severity: Incident['severity']): number => found.filter((one) => one.severity === severity).length
      return looks.keep({
        scope,
        snapshot: { takenAt: snapshot.takenAt, coverage: [...snapshot.coverage, ...coverage] },
        status: statusOf(snapshot.coverage, found),
        counts: { critical: count('critical'), warning: count('warning'), info: count('info') },
        // Who asks for habits wants to see them, though they are never more than notes.
        listed: found.filter(
          ({ rule, severity }) => severityOrder[severity] <= severityOrder[minSeverity] || isHygiene(rule),
        ),
      })
    }
  },
})

/** Works step by step and lets other requests, a `ping` above all, have their turn in between. */
async function inTurns<T>(steps: Generator<void, T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await setImmediate()
    signal.throwIfAborted()
  }
}

/** Characters of a gap's reason; where many kinds are refused, each refusal reads alike. */
const gapDetail = 200

/** Sources that were read whole are one entry; what matters most and each gap keep their own. */
function brief(coverage: readonly Coverage[]): Coverage[] {
  const own = coverage.filter(isOwn).map((entry) => ({ ...entry, detail: clip(entry.detail, gapDetail) }))
  const whole = coverage.filter((entry) => !isOwn(entry))
  if (whole.length === 0) return own
  return [...own, { source: whole.map((entry) => entry.source).join(', '), status: 'ok', detail: '' }]
}

const matters = new Set(['api', 'pods', 'nodes'])

/** A source of which a sample was enough to call it read says so. */
function isOwn({ source, status, detail }: Coverage): boolean {
  return status !== 'ok' || matters.has(source) || detail.includes('not whole')
}
