import { newDetector, step } from '../../shared/core/src/anomaly.ts'
import { forecast } from '../../shared/core/src/forecast.ts'
import { courses, makeRun, type Course } from '../../shared/core/src/forecast/testing.ts'
import { benchmarkScore, type LabelledSeries } from './anomalies/benchmark-score.ts'
import { readBenchmark } from './anomalies/labelled-folder.ts'
import { madeSeries } from './anomalies/made-series.ts'
import { holds, type Figure } from './figure.ts'

/** Seeds of the made series that are scored; the detector was built on others. */
const seeds = [101, 102, 103, 104, 105]
const leastScore = 62
const runs = 60

/** The benchmark's data is not in this repository. */
const notAtHand: Figure = {
  figure: 'anomalies, public series (--nab FOLDER)',
  measured: 'not measured',
  target: `>= ${leastScore} points`,
  verdict: 'not measured',
}

/**
 * The score of the detector, on series made here and on the Numenta Anomaly Benchmark where its data is at hand; and how many forecasts
 * are within a factor of two.
 * @param folder the benchmark's own, with `data` and `labels`
 */
export function anomalyFigures(folder: string | undefined): Figure[] {
  return [
    scoreFigure('made series', seeds.flatMap(madeSeries)),
    folder === undefined ? notAtHand : scoreFigure('public series', readBenchmark(folder)),
    ...courses.map(forecastFigure),
  ]
}

function scoreFigure(name: string, all: readonly LabelledSeries[]): Figure {
  const scored = all.map((series) => {
    const detector = newDetector('gauge')
    return { series, scores: series.points.map((point) => step(detector, point).score) }
  })
  const { score, threshold, found, windows, falseAlarms } = benchmarkScore(scored)
  const how = `${found} of ${windows} found, ${falseAlarms} false alarms, threshold ${threshold.toFixed(2)}`
  return holds(
    `anomalies, ${name}`,
    `${score.toFixed(1)} points (${how})`,
    `>= ${leastScore} points`,
    score >= leastScore,
  )
}

function forecastFigure(course: Course): Figure {
  const ratios = Array.from({ length: runs }, (_, run) => {
    const { points, limit, left } = makeRun(course, 1000 + run)
    const found = forecast(points, limit)
    return found.fills ? (found.at - points.at(-1)!.at) / left : Number.NaN
  })
  const good = ratios.filter((ratio) => ratio >= 0.5 && ratio <= 2).length
  const share = Math.round((100 * good) / runs)
  return holds(`forecast within a factor of two, ${course}`, `${share} %`, '>= 90 %', share >= 90)
}
