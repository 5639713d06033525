import type { Incident } from '../../shared/core/src/incident.ts'
import { startCluster, type BenchCluster } from './cluster.ts'
import { atMost, holds, median, plain, type Figure } from './figure.ts'
import type { Answer } from './server.ts'
import { accountedFor, injectedFailures, type Size } from './injected.ts'

/** Bounds of one health check; what is absent is only shown. */
export interface Bounds {
  megabytesRead?: number
  peakMegabytes?: number
}

interface Check {
  millis: number
  megabytesRead: number
  peak: number | undefined
  characters: number
  slowestPing: number
  incidents: Incident[]
  pages: number
}

interface HealthAnswer {
  incidents: Incident[]
  nextCursor: string | null
}

/** Longest result of a tool, in characters. */
const longestResult = 16_000
/** How far the peaks of equal runs lie apart, in megabytes. */
const noise = 5
/** How often a client asks whether the server still lives, in milliseconds. */
const pingEvery = 20

/** `check_cluster_health` of a cluster of some size, each time by a fresh process; medians of `runs`, and the worst ping. */
export async function healthFigures(name: string, size: Size, bounds: Bounds, runs: number): Promise<Figure[]> {
  const injected = await injectedFailures(size)
  const failing = [...injected.values()].reduce((sum, pods) => sum + pods, 0)
  const args = Object.entries(size).flatMap(([option, value]) => [`--${option}`, String(value)])
  const cluster = await startCluster(args)
  try {
    const checks: Check[] = []
    for (let run = 0; run < runs; run += 1) checks.push(await check(cluster))
    const [{ incidents, pages }] = checks as [Check]
    const accounted = Math.min(...checks.map((one) => accountedFor(injected, one.incidents)))
    const of = (pick: (one: Check) => number | undefined): number | undefined => median(checks.map(pick))
    const bounded = (what: string, value: number | undefined, bound: number | undefined, unit: string): Figure =>
      bound === undefined ? plain(`${name}: ${what}`, value, unit) : atMost(`${name}: ${what}`, value, bound, unit)
    return [
      plain(
        `${name}: time`,
        of((one) => one.millis),
        'ms',
      ),
      bounded(
        'read from the API',
        of((one) => one.megabytesRead),
        bounds.megabytesRead,
        'MB',
      ),
      bounded(
        'peak memory',
        of((one) => one.peak),
        bounds.peakMegabytes,
        'MB',
      ),
      bounded(
        'longest page of the result',
        of((one) => one.characters),
        longestResult,
        'characters',
      ),
      bounded('slowest ping meanwhile', Math.max(...checks.map((one) => one.slowestPing)), 50, 'ms'),
      holds(
        `${name}: failing pods accounted for`,
        `${accounted} of ${failing} (${incidents.length} incidents, ${pages} pages)`,
        'all',
        accounted === failing,
      ),
    ]
  } finally {
    await cluster.close()
  }
}

/**
 * How much more memory a health check takes at most where most of the pods are healthy: the larger cluster differs from the
 * smaller in nothing but those.
 */
export async function growthFigures(few: number, many: number, runs: number): Promise<Figure[]> {
  const failingPods = 10
  const peakOf = async (pods: number): Promise<number | undefined> => {
    const cluster = await startCluster(['--pods', `${pods}`, '--nodes', '200', '--failing', `${failingPods / pods}`])
    try {
      const peaks: (number | undefined)[] = []
      for (let run = 0; run < runs; run += 1) peaks.push((await check(cluster)).peak)
      return median(peaks)
    } finally {
      await cluster.close()
    }
  }
  const [small, large] = [await peakOf(few), await peakOf(many)]
  const grown = small === undefined || large === undefined ? undefined : large - small
  return [atMost(`${(many - few).toLocaleString('en')} more healthy pods: peak memory`, grown, noise, 'MB')]
}

async function check(cluster: BenchCluster): Promise<Check> {
  const server = await cluster.server()
  const before = cluster.bytes()
  const pings = keepPinging(server)
  const first = await server.call('check_cluster_health', { limit: 50 })
  const slowestPing = await pings.stop()
  if (first.isError) throw new Error(first.text)
  const peak = server.peakMegabytes()
  const megabytesRead = (cluster.bytes() - before) / 1e6
  const texts = [first]
  for (let { nextCursor } = pageOf(first); nextCursor !== null; { nextCursor } = pageOf(texts.at(-1)!)) {
    texts.push(await server.call('check_cluster_health', { limit: 50, cursor: nextCursor }))
  }
  await server.close()
  return {
    millis: first.millis,
    megabytesRead,
    peak,
    slowestPing,
    characters: Math.max(...texts.map(({ text }) => text.length)),
    incidents: texts.flatMap((page) => pageOf(page).incidents),
    pages: texts.length,
  }
}

/** Pings on a timer without waiting for the last answer, so that a long silence is seen in its whole length. */
function keepPinging(server: { ping: () => Promise<number> }) {
  const answers: Promise<number>[] = []
  const timer = setInterval(() => answers.push(server.ping()), pingEvery)
  return {
    async stop() {
      clearInterval(timer)
      return Math.max(0, ...(await Promise.all(answers)))
    },
  }
}

function pageOf({ structured }: Answer): HealthAnswer {
  return structured as unknown as HealthAnswer
}
