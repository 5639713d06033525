import { parseArgs } from 'node:util'
import { anomalyFigures } from './anomalies.ts'
import { buildIfStale } from './bundle.ts'
import { table, type Figure } from './figure.ts'
import { correlationFigures } from './github.ts'
import { growthFigures, healthFigures } from './health.ts'
import { hungFigures } from './hung.ts'
import { logFigures } from './logs.ts'
import { memoryFigures } from './memory.ts'
import { namespaceFigures } from './namespace.ts'
import { slackFigures } from './slack.ts'
import { startFigures } from './start.ts'

/** Peak memory a health check may reach, whatever the size of the cluster. */
const peakMegabytes = 150

const measurements: Record<string, () => Promise<Figure[]>> = {
  start: () => startFigures(9),
  namespace: () => namespaceFigures(3),
  '1k': () => healthFigures('1,000 pods, 1 % failing', { pods: 1000, nodes: 20, failing: 0.01 }, { peakMegabytes }, 3),
  '10k': () =>
    healthFigures(
      '10,000 pods, 1 % failing',
      { pods: 10_000, nodes: 200, failing: 0.01 },
      { peakMegabytes, megabytesRead: 10 },
      3,
    ),
  '10k-half': () =>
    healthFigures('10,000 pods, 50 % failing', { pods: 10_000, nodes: 200, failing: 0.5 }, { peakMegabytes }, 3),
  '50k': () =>
    healthFigures('50,000 pods, 1 % failing', { pods: 50_000, nodes: 1000, failing: 0.01 }, { peakMegabytes }, 1),
  growth: () => growthFigures(10_000, 50_000, 3),
  logs: () => logFigures(3),
  hung: () => hungFigures(),
  slack: () => slackFigures(),
  anomalies: async () => anomalyFigures(nab),
  memory: () =>
    memoryFigures({ writers: 8, writesEach: 1000, kills: 200, cycles: 1000, rows: 1_000_000, histories: 10_000 }),
  correlation: () => correlationFigures(3),
}

const help = `Measures the bundled kubernetes server, and correlation, against simulated clusters and a GitHub stand-in on loopback.

  pnpm bench [--only NAME] [--nab FOLDER] [--json]

  --only NAME   one of ${Object.keys(measurements).join(', ')}
  --nab FOLDER  a copy of the Numenta Anomaly Benchmark, whose series are not in this repository
  --json        figures as JSON
`

const { only, json, nab, help: asked } = readArguments()
if (asked === true) process.stdout.write(help)
else if (only !== undefined && !(only in measurements)) {
  process.stderr.write(`There is no figure "${only}".\n\n${help}`)
  process.exitCode = 2
} else {
  buildIfStale()
  const figures: Figure[] = []
  for (const [name, measure] of Object.entries(measurements)) {
    if (only !== undefined && name !== only) continue
    process.stderr.write(`Measuring ${name}\n`)
    figures.push(...(await measure()))
  }
  process.stdout.write(`${json === true ? JSON.stringify(figures, null, 2) : table(figures)}\n`)
  if (figures.some(({ verdict }) => verdict === 'missed')) process.exitCode = 1
}

function readArguments() {
  try {
    const options = {
      only: { type: 'string' },
      nab: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    } as const
    return parseArgs({ options }).values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
    process.exit(2)
  }
}
