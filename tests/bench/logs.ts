import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateDump } from '../../shared/simulator/src/kubernetes/generate.ts'
import { startCluster } from './cluster.ts'
import { atMost, median, plain, type Figure } from './figure.ts'

const logBytes = 22_000_000

/** `get_logs` of one pod whose log is 22 MB long. */
export async function logFigures(runs: number): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kubevigil-bench-'))
  try {
    const dump = await generateDump({ pods: 1, nodes: 1, failing: 0 }, Date.now())
    const { namespace = '', name } = dump.lists['/api/v1/pods']!.items[0]!.metadata
    const path = join(folder, 'dump.json')
    await writeFile(path, JSON.stringify({ ...dump, logs: { [`${namespace}/${name}/app`]: longLog() } }))
    const cluster = await startCluster(['--dump', path])
    const measured: { millis: number; megabytes: number; characters: number; peak: number | undefined }[] = []
    for (let run = 0; run < runs; run += 1) {
      const server = await cluster.server()
      const before = cluster.bytes()
      const { isError, text, millis } = await server.call('get_logs', { namespace, pod: name })
      if (isError) throw new Error(text)
      const megabytes = (cluster.bytes() - before) / 1e6
      measured.push({ millis, megabytes, characters: text.length, peak: server.peakMegabytes() })
      await server.close()
    }
    await cluster.close()
    return [
      plain('a log of 22 MB: time', median(measured.map(({ millis }) => millis)), 'ms'),
      plain('a log of 22 MB: read from the API', median(measured.map(({ megabytes }) => megabytes)), 'MB'),
      atMost('a log of 22 MB: peak memory', median(measured.map(({ peak }) => peak)), 150, 'MB'),
      atMost('a log of 22 MB: result', median(measured.map(({ characters }) => characters)), 16_000, 'characters'),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Lines as programs write them, with some that repeat but for a number. */
function longLog(): string {
  const start = Date.now() - 3_600_000
  const lines: string[] = []
  for (let [bytes, index] = [0, 0]; bytes < logBytes; index += 1) {
    const level = index % 50 === 0 ? 'ERROR' : 'INFO'
    const what =
      level === 'ERROR'
        ? `could not reach the database at 10.0.3.${index % 7}:5432: connection refused`
        : `GET /orders/${index} answered 200 in ${index % 90} ms`
    const line = `${new Date(start + index * 10).toISOString()} ${level} [worker-${index % 4}] ${what}`
    lines.push(line)
    bytes += line.length + 1
  }
  return `${lines.join('\n')}\n`
}
