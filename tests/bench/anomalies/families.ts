/** What a family makes its values from. */
export interface Tools {
  random: () => number
  /** A draw of the standard normal distribution. */
  normal: () => number
  /** Whether a point lies in the first `share` of an anomaly's stretch of `points` from its start. */
  during: (index: number, points: number) => boolean
  /** Which anomaly of the series that is. */
  which: (index: number) => number
  /** A level that wanders and comes back: each call takes it one point on. */
  wander: () => number
}

/** A kind of course. */
export interface Family {
  name: string
  points: number
  minutes: number
  /** Where anomalies begin, as a share of the series. */
  starts: readonly number[]
  value: (index: number, tools: Tools) => number
}

const day = (index: number, minutes: number): number => ((index * minutes) % 1440) / 1440
const wave = (index: number, minutes: number): number => Math.sin(2 * Math.PI * (day(index, minutes) - 0.3))
const work = (index: number): boolean => day(index, 5) > 0.375 && day(index, 5) < 0.75

/** Kinds of course that metrics show, with and without anomalies; each says what is anomalous by `during`. */
export const families: readonly Family[] = [
  {
    name: 'cpu with spikes',
    points: 4032,
    minutes: 5,
    starts: [0.35, 0.7],
    value: (i, t) => Math.max(0, 2 + 0.15 * t.normal() + (t.random() < 0.01 ? 0.6 : 0) + (t.during(i, 3) ? 2.5 : 0)),
  },
  {
    name: 'cpu with a level shift',
    points: 4032,
    minutes: 5,
    starts: [0.65],
    value: (i, t) => 40 + 4 * t.normal() + (t.during(i, 1e9) ? 18 : 0),
  },
  {
    name: 'cpu near its limit that falls',
    points: 4032,
    minutes: 5,
    starts: [0.8],
    value: (i, t) => (t.during(i, 400) ? 30 : 95) + 2 * t.normal(),
  },
  {
    name: 'disk writes in bursts',
    points: 4700,
    minutes: 5,
    starts: [0.6],
    value: (i, t) => (t.random() < 0.03 ? 4e7 * (0.5 + t.random()) : 0) + (t.during(i, 12) ? 3e8 : 0),
  },
  {
    name: 'network in',
    points: 4032,
    minutes: 5,
    starts: [0.45, 0.8],
    value: (i, t) => 1e5 * Math.exp(0.3 * t.normal()) + (i % 288 === 40 ? 1e6 : 0) + (t.during(i, 4) ? 4e6 : 0),
  },
  {
    name: 'requests',
    points: 4032,
    minutes: 5,
    starts: [0.3, 0.8],
    value: (i, t) =>
      Math.max(0, Math.round((60 + 50 * wave(i, 5)) * Math.exp(0.35 * t.normal()) + (t.during(i, 6) ? 420 : 0))),
  },
  {
    name: 'database cpu',
    points: 4032,
    minutes: 5,
    starts: [0.4, 0.75],
    value: (i, t) =>
      6 + 0.3 * t.normal() + (i % 12 === 0 ? 1.2 : 0) + (t.during(i, 5) ? (t.which(i) === 0 ? 12 : -4) : 0),
  },
  {
    name: 'messages with bursts',
    points: 15_800,
    minutes: 5,
    starts: [0.3, 0.55, 0.85],
    value: (i, t) =>
      Math.round(
        Math.max(
          0,
          (25 + 15 * wave(i, 5)) * Math.exp(0.4 * t.normal()) * (t.random() < 0.003 ? 4 : 1) +
            (t.during(i, 15) ? 500 + 600 * t.random() : 0),
        ),
      ),
  },
  {
    name: 'few messages',
    points: 15_800,
    minutes: 5,
    starts: [0.4, 0.7],
    value: (i, t) => Math.floor(-Math.log(1 - t.random()) * 3 * (1 + 0.6 * wave(i, 5))) + (t.during(i, 10) ? 60 : 0),
  },
  {
    name: 'price by the hour',
    points: 1600,
    minutes: 60,
    starts: [0.3, 0.55, 0.8],
    value: (i, t) =>
      (0.5 + 0.15 * wave(i, 60)) *
      Math.exp(0.12 * t.normal()) *
      (t.random() < 0.004 ? 2 : 1) *
      (t.during(i, 2) ? 4 + 10 * t.random() : 1),
  },
  {
    name: 'cost a click',
    points: 1600,
    minutes: 60,
    starts: [0.35, 0.75],
    value: (i, t) => 0.1 * Math.exp(0.25 * t.normal()) + (t.during(i, 2) ? 0.6 : 0),
  },
  {
    name: 'speed with rush hours',
    points: 2500,
    minutes: 10,
    starts: [0.5, 0.75],
    value: (i, t) =>
      68 + 4 * t.normal() - (day(i, 10) > 0.7 && day(i, 10) < 0.73 ? 12 * t.random() : 0) - (t.during(i, 6) ? 45 : 0),
  },
  {
    name: 'occupancy',
    points: 2400,
    minutes: 10,
    starts: [0.45, 0.7],
    value: (i, t) => Math.max(0, 6 + 4 * wave(i, 10) + 1.5 * t.normal() + (t.during(i, 8) ? 20 : 0)),
  },
  {
    name: 'travel time',
    points: 2300,
    minutes: 10,
    starts: [0.3, 0.6, 0.85],
    value: (i, t) =>
      110 + 20 * Math.max(0, wave(i, 10)) + 15 * Math.abs(t.normal()) ** 1.5 + (t.during(i, 5) ? 400 : 0),
  },
  {
    name: 'trips with weeks and holidays',
    points: 10_300,
    minutes: 30,
    starts: [0.57, 0.69, 0.82, 0.87, 0.96],
    value: (i, t) =>
      Math.max(
        0,
        (15_000 + 9000 * wave(i, 30) + (Math.floor(i / 48) % 7 > 4 ? 2500 : 0)) *
          (1 + 0.04 * t.normal()) *
          (t.during(i, 40) ? (t.which(i) === 0 ? 1.45 : 0.45) : 1),
      ),
  },
  {
    name: 'temperature of a machine',
    points: 12_000,
    minutes: 5,
    starts: [0.3, 0.65, 0.9],
    value: (i, t) => 85 + t.wander() + 0.8 * t.normal() - (t.during(i, 150) ? 40 : 0),
  },
  {
    name: 'latency',
    points: 4032,
    minutes: 5,
    starts: [0.35, 0.6, 0.85],
    value: (i, t) => 45 + 1.5 * t.normal() + (t.random() < 0.005 ? 6 : 0) + (t.during(i, 2) ? 30 : 0),
  },
  {
    name: 'days that jump up',
    points: 4032,
    minutes: 5,
    starts: [0.71],
    value: (i, t) => (work(i) ? (t.during(i, 288) ? 160 : 80) : 20) + 6 * t.random(),
  },
  {
    name: 'a day that falls',
    points: 4032,
    minutes: 5,
    starts: [0.71],
    value: (i, t) => (work(i) ? (t.during(i, 288) ? 40 : 80) : t.during(i, 288) ? 0 : 20) + 6 * t.random(),
  },
  {
    name: 'a day that stays flat',
    points: 4032,
    minutes: 5,
    starts: [0.71],
    value: (i, t) => (work(i) ? (t.during(i, 288) ? -20 : 80) : t.during(i, 288) ? -20 : 20) + 6 * t.random(),
  },
  {
    name: 'a day without its work',
    points: 4032,
    minutes: 5,
    starts: [0.715],
    value: (i, t) => (work(i) && !t.during(i, 288) ? 80 : 20) + 6 * t.random(),
  },
  {
    name: 'spikes that come more often',
    points: 4032,
    minutes: 5,
    starts: [0.45],
    value: (i, t) => (i % 72 === 0 || (t.during(i, 288) && i % 12 === 0) ? 20 : 0),
  },
  {
    name: 'load with a lone spike',
    points: 4032,
    minutes: 5,
    starts: [0.6],
    value: (i, t) => 2 * t.random() + (i % 90 < 4 ? 1.5 : 0) + (t.during(i, 4) ? 3 : 0),
  },
  {
    name: 'work hours, quiet',
    points: 4032,
    minutes: 5,
    starts: [],
    value: (i, t) => (work(i) ? 80 : 20) + 10 * t.random(),
  },
  { name: 'a square wave, quiet', points: 4032, minutes: 5, starts: [], value: (i) => (work(i) ? 80 : 20) },
  { name: 'noise, quiet', points: 4032, minutes: 5, starts: [], value: (_, t) => 20 * t.random() },
  { name: 'flat, quiet', points: 4032, minutes: 5, starts: [], value: () => 45 },
]
