import { expect, test } from 'vitest'
import { day, hour } from '../time.ts'
import type { Episode } from './episodes.ts'
import { anomalySentence, forecastSentence, nameOf } from './words.ts'

const disk = { metric: 'disk', labels: { namespace: 'shop', name: 'data-postgres-0' }, unit: 'bytes' }
const episode: Episode = {
  kind: 'high',
  value: 900 * 2 ** 20,
  band: { low: 2 ** 28, high: 2 ** 29 },
  usual: 2 ** 28,
  n: 300,
  knownSince: 0,
  since: 0,
  until: 0,
  ongoing: true,
  score: 0.9,
  confidence: 'high',
}

test('an anomaly is told with what it was before', () => {
  expect(anomalySentence(disk, episode)).toBe(
    'disk of shop/data-postgres-0 rose to 900Mi; it kept to 256Mi to 512Mi over 300 readings.',
  )
  expect(anomalySentence(disk, { ...episode, kind: 'hour' })).toBe(
    'disk of shop/data-postgres-0 is at 900Mi, where 256Mi is usual at this hour of the day.',
  )
})

test('a forecast is told with its interval, or why there is none', () => {
  const found = {
    fills: true,
    at: 3 * day,
    earliest: 2.1 * day,
    latest: 4.8 * day,
    by: 'hours',
    rate: 1,
    n: 48,
  } as const
  expect(forecastSentence(disk, 2 ** 30, found, 0)).toBe(
    'disk of shop/data-postgres-0 reaches its limit of 1Gi in about 3 days (2.1 days to 4.8 days).',
  )
  expect(forecastSentence(disk, 2 ** 30, { ...found, at: 5 * hour }, 0)).toContain('in about 5 hours')
  expect(forecastSentence(disk, 2 ** 30, { fills: false, why: 'not growing', n: 40 }, 0)).toBe(
    'disk of shop/data-postgres-0: no forecast, it does not grow for sure.',
  )
})

test('a series without labels is named by its metric', () => {
  expect([nameOf({ metric: 'load', labels: {} }), nameOf({ metric: 'load', labels: { node: 'n1' } })]).toEqual([
    'load',
    'load of n1',
  ])
})
