import { takeWithin } from '@kubevigil/core/budget'
import { refKey } from '@kubevigil/core/incident'
import { Coverage } from '@kubevigil/core/observe'
import { byImportance, isEnough, monthHours, prices, rightSize, type Use } from '@kubevigil/core/right-size'
import { day, toInstant } from '@kubevigil/core/time'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { briefCoverage, createSources } from '../diagnose/sources.ts'
import { checkName, checkNamespace } from '../present/names.ts'
import { autoscaledWorkloads } from '../recommend/autoscaled.ts'
import { measure } from '../recommend/measure.ts'
import { useKey, type Uses } from '../recommend/past.ts'
import { Recommendation, rowOf } from '../recommend/rows.ts'
import { selectWorkloads } from '../recommend/select.ts'
import { readWorkloads, type SizedContainer, type Workload } from '../recommend/workloads.ts'

/** Characters the rows may take of an answer under 16,000, and those of what is skipped. */
const rowBudget = 11_000
const skippedBudget = 2000

export const recommendResources = defineTool({
  name: 'recommend_resources',
  title: 'Right-size',
  description: 'Requests and limits that fit past usage (Prometheus), with savings; OOM risks first.',
  effect: 'read',
  input: z.strictObject({
    ...parameters,
    kind: z.string().max(253).optional().describe('Of a workload'),
    name: z.string().max(253).optional().describe('Its name'),
    days: z.int().min(1).max(30).default(7).describe('History'),
    limit: z.int().min(1).max(100).default(20).describe('Most rows'),
  }),
  output: z.strictObject({
    cluster: z.string(),
    context: z.string(),
    source: z.enum(['prometheus', 'metrics-server']),
    history: z.strictObject({
      from: z.string(),
      to: z.string(),
      hours: z.number().describe('Of the container that most is known of'),
      points: z.int().describe('Samples of it, over all its pods'),
      enough: z.boolean().describe('false: no number is recommended for anything'),
      note: z.string(),
    }),
    recommendations: z.array(Recommendation).describe('What kills first, then by money, then what is fine or unknown'),
    totals: z.strictObject({
      containers: z.int(),
      savesPerMonth: z.number().describe('Of all rows that save, left out ones too'),
      addsPerMonth: z.number().describe('What the others need more'),
      currency: z.literal('USD'),
      prices: z.string(),
    }),
    skipped: z.array(z.strictObject({ kind: z.string(), namespace: z.string(), name: z.string(), why: z.string() })),
    omitted: z.strictObject({ recommendations: z.int().describe('Less important'), skipped: z.int() }),
    coverage: z.array(Coverage),
  }),
  deadlineMs: 90_000,
  async run({ namespace: within, kind, name: asked, context, days, limit }, { client, prometheusOf, now }, { signal }) {
    const namespace = checkNamespace(within)
    const name = asked ? checkName(asked) : undefined
    const kube = await client(context)
    const sources = createSources(kube, signal)
    const [autoscalers, read] = await Promise.all([
      autoscaledWorkloads(namespace, sources),
      sources.attempt('pods', () => readWorkloads(kube, namespace, signal)),
    ])
    const wanted = { namespace, kind: kind || undefined, name }
    // Whether something of that name runs can only be told when the pods could be read.
    const workloads = read === undefined ? [] : await selectWorkloads(read, wanted, kube, signal)
    const scaled = workloads.filter(({ ref }) => autoscalers?.has(refKey(ref)) === true)
    const sized = workloads.filter((workload) => !scaled.includes(workload))
    const to = now()
    const prometheus = await prometheusOf(kube.context)
    const { source, uses, note } = await measure({ namespace, days, now: to, prometheus }, sized, sources, signal)
    const judged = judge(sized, uses)
    const rows = judged.map(({ workload, container, use, advice }) => rowOf(workload, container, use, advice))
    const { kept } = takeWithin(rows.slice(0, limit), rowBudget)
    const skipped = takeWithin(
      scaled.map(({ ref }) => ({ ...ref, why: `HorizontalPodAutoscaler ${autoscalers?.get(refKey(ref))} sizes it` })),
      skippedBudget,
    )
    const best = judged.map(({ use }) => use).toSorted((a, b) => b.hours - a.hours || b.points - a.points)[0]
    return {
      cluster: kube.cluster,
      context: kube.context,
      source,
      history: {
        from: toInstant(source === 'prometheus' ? to - days * day : to),
        to: toInstant(to),
        hours: best?.hours ?? 0,
        points: best?.points ?? 0,
        enough: judged.some(({ use }) => isEnough(use)),
        note: autoscalers === undefined ? `${note} ${autoscalersUnread}` : note,
      },
      recommendations: kept,
      totals: totalsOf(rows),
      skipped: skipped.kept,
      omitted: { recommendations: rows.length - kept.length, skipped: skipped.omitted },
      coverage: briefCoverage(sources.coverage),
    }
  },
})

const autoscalersUnread = 'Autoscalers could not be read: workloads that one sizes may be among these.'

/** Advice for every container, the most important first. */
function judge(workloads: readonly Workload[], uses: Uses) {
  return workloads
    .flatMap((workload) => [...workload.containers.values()].map((container) => judgeOne(workload, container, uses)))
    .toSorted((a, b) => byImportance(a.advice, b.advice))
}

function judgeOne(workload: Workload, container: SizedContainer, uses: Uses) {
  const known = uses.get(useKey(workload, container.name)) ?? { cpu: [], memory: [], hours: 0, points: 0 }
  const kills = [known.oomKilledAt, container.oomKilledAt].filter((limit) => limit !== undefined)
  const use: Use = kills.length === 0 ? known : { ...known, oomKilledAt: Math.max(...kills) }
  const paid = ['Job', 'CronJob'].includes(workload.ref.kind) ? 0 : workload.placed
  const { cpu, memory } = container
  return { workload, container, use, advice: rightSize({ cpu, memory, use, replicas: workload.pods.size, paid }) }
}

function totalsOf(rows: readonly Recommendation[]) {
  const sum = (sign: 1 | -1): number =>
    Math.round(rows.reduce((total, { savesPerMonth }) => total + Math.max(0, sign * savesPerMonth), 0) * 100) / 100
  return {
    containers: rows.length,
    savesPerMonth: sum(1),
    addsPerMonth: sum(-1),
    currency: 'USD' as const,
    prices: `OpenCost defaults: ${prices.cpuCoreHour} per core-hour, ${prices.memoryGibHour} per GiB-hour, ${monthHours} h a month`,
  }
}
