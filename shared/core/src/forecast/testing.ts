import type { MetricPoint } from '../anomaly.ts'
import { normal, seededRandom } from '../anomaly/testing.ts'
import { day, hour, minute } from '../time.ts'

/** Courses that a volume or the memory of a process takes on its way to a limit. */
export const courses = ['steady', 'daily-cycle', 'cleanup', 'accelerating', 'saw-tooth'] as const
export type Course = (typeof courses)[number]

/** A series up to a moment, and how long it then took to reach the limit, in milliseconds. */
export interface Run {
  points: MetricPoint[]
  limit: number
  left: number
}

const every = 10 * minute
const limit = 100

/** One seeded run: equal seeds give equal runs. */
export function makeRun(course: Course, seed: number): Run {
  const random = seededRandom(seed * 7919 + courses.indexOf(course))
  const history = (2 + 3 * random()) * day
  // The first crossing lies six hours to eight days behind the history.
  const left = 6 * hour * 32 ** random()
  const value = courseOf(course, random, history, left)
  const points: MetricPoint[] = []
  let [at, level] = [0, 0]
  for (; at < history; at += every) {
    level = value(at) + 0.4 * normal(random)
    points.push({ at, value: level })
  }
  while (value(at) < limit && at < history + 60 * day) at += every
  return { points, limit, left: at - history }
}

function courseOf(course: Course, random: () => number, history: number, left: number): (at: number) => number {
  const end = history + left
  const start = 20 + 30 * random()
  const rate = (limit - start) / end
  switch (course) {
    case 'steady':
      return (at) => start + rate * at
    case 'daily-cycle': {
      const [height, phase] = [1 + 3 * random(), random()]
      return (at) => start + rate * at + height * Math.sin(2 * Math.PI * (at / day + phase))
    }
    case 'cleanup': {
      const cleaned = history - (10 + 30 * random()) * hour
      const slope = (limit - start) / (end - cleaned)
      return (at) => (at < cleaned ? start + 20 + (rate * 20 * at) / history : start + slope * (at - cleaned))
    }
    case 'accelerating': {
      const turn = history - (5 + 10 * random()) * hour
      const fast = (limit - start) / (end - turn + turn / (4 + 6 * random()))
      const slow = (limit - start - fast * (end - turn)) / turn
      return (at) => start + slow * Math.min(at, turn) + fast * Math.max(0, at - turn)
    }
    case 'saw-tooth': {
      const period = (5 + 7 * random()) * hour
      const tooth = 15 + 20 * random()
      const climb = (limit - start - tooth) / end
      return (at) => start + climb * at + tooth * ((at % period) / period)
    }
  }
}
