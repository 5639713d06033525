import { tmpdir } from 'node:os'
import { atMost, median, type Figure } from './figure.ts'
import { startServer } from './server.ts'

/** From spawning the bundle to its answer to tools/list, and what the idle process then had held at most. */
export async function startFigures(runs: number): Promise<Figure[]> {
  const measured: { millis: number; peak: number | undefined }[] = []
  for (let run = 0; run < runs; run += 1) {
    const server = await startServer('/nowhere', tmpdir())
    measured.push({ millis: server.startMillis, peak: server.peakMegabytes() })
    await server.close()
  }
  return [
    atMost('start to tools/list', median(measured.map(({ millis }) => millis)), 150, 'ms'),
    atMost('idle after tools/list', median(measured.map(({ peak }) => peak)), 75, 'MB'),
  ]
}
