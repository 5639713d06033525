import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateDump } from '../../shared/simulator/src/kubernetes/generate.ts'
import { startCluster } from './cluster.ts'
import { atMost, median, plain, type Figure } from './figure.ts'

/** A health check and a list of one namespace of 500 pods, in a cluster that has nothing else. */
export async function namespaceFigures(runs: number): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kubevigil-bench-'))
  try {
    // The simulator spreads pods over namespaces: every name of a namespace becomes the first's.
    const dump = await generateDump({ pods: 500, nodes: 10, failing: 0.02 }, Date.now())
    const path = join(folder, 'dump.json')
    await writeFile(path, JSON.stringify(dump).replaceAll(/\bteam-\d{3}\b/g, 'team-001'))
    const cluster = await startCluster(['--dump', path])
    const measured: {
      health: number
      list: number
      megabytes: number
      characters: number
      peak: number | undefined
    }[] = []
    for (let run = 0; run < runs; run += 1) {
      const server = await cluster.server()
      const before = cluster.bytes()
      const health = await server.call('check_cluster_health', { namespace: 'team-001' })
      const megabytes = (cluster.bytes() - before) / 1e6
      const list = await server.call('list_resources', { namespace: 'team-001', kind: 'pods' })
      if (health.isError || list.isError) throw new Error(health.isError ? health.text : list.text)
      const characters = Math.max(health.text.length, list.text.length)
      measured.push({ health: health.millis, list: list.millis, megabytes, characters, peak: server.peakMegabytes() })
      await server.close()
    }
    await cluster.close()
    const of = (pick: (one: (typeof measured)[number]) => number | undefined) => median(measured.map(pick))
    return [
      plain(
        'a namespace of 500 pods: health check',
        of((one) => one.health),
        'ms',
      ),
      plain(
        'a namespace of 500 pods: list of pods',
        of((one) => one.list),
        'ms',
      ),
      plain(
        'a namespace of 500 pods: read for health',
        of((one) => one.megabytes),
        'MB',
      ),
      atMost(
        'a namespace of 500 pods: peak memory',
        of((one) => one.peak),
        150,
        'MB',
      ),
      atMost(
        'a namespace of 500 pods: longest result',
        of((one) => one.characters),
        16_000,
        'characters',
      ),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
