import { describe, expect, it } from 'vitest'
import { day, hour, minute, toMillis } from '../../time.ts'
import { dueTimes } from '../cron.ts'
import { cronjobs } from './cronjobs.ts'
import { jobs as finished } from './jobs.ts'
import type { Rule } from '../context.ts'
import { ago, brief, event, object, run } from './testing.ts'

const condition = (type: string) => ({
  type,
  status: 'True',
  reason: type === 'Failed' ? 'BackoffLimitExceeded' : 'CompletionsReached',
  lastTransitionTime: ago(10 * minute),
})
const job = (name: string, type: string, extra: { age?: number; cronJob?: string; failed?: number } = {}) =>
  object(name, {
    metadata: {
      creationTimestamp: ago(extra.age ?? 10 * minute),
      ...(extra.cronJob === undefined
        ? {}
        : { ownerReferences: [{ kind: 'CronJob', name: extra.cronJob, controller: true }] }),
    },
    status: { failed: extra.failed ?? 1, conditions: type === '' ? [] : [condition(type)] },
  })
const cronJob = (spec: object, status: object = {}, age = 2 * day) =>
  object('nightly', { metadata: { creationTimestamp: ago(age) }, spec: { schedule: '0 * * * *', ...spec }, status })

const jobs: Rule = { codes: [], detect: (context) => [finished, cronjobs].flatMap((rule) => rule.detect(context)) }

const active = (since: number, spec: object = {}, status: object = {}) =>
  object('import', { spec, status: { active: 1, startTime: ago(since), ...status } })

describe('jobs and cronjobs', () => {
  it('notes Jobs that run for more than an hour', () => {
    expect(brief(run(jobs, { jobs: [active(2 * hour)] }))).toEqual(['JOB_RUNS_LONG info Job/shop/import'])
  })

  it.each([
    ['runs since a moment', active(10 * minute)],
    ['ends by a deadline of its own', active(2 * hour, { activeDeadlineSeconds: 86_400 })],
    ['is suspended', active(2 * hour, { suspend: true })],
    ['has ended', active(2 * hour, {}, { active: 0 })],
  ])('notes no Job that %s', (_name, one) => {
    expect(run(jobs, { jobs: [one] })).toEqual([])
  })

  it('tells Jobs that failed for good', () => {
    expect(brief(run(jobs, { jobs: [job('import', 'Failed')] }))).toEqual(['JOB_FAILED warning Job/shop/import'])
  })

  it('tells CronJobs whose newest run failed, since the first failure that is known', () => {
    const events = [event('Job', 'nightly-29920380', 'BackoffLimitExceeded', 'limit', 50 * minute)]
    const runs = [job('nightly-29920387', 'Failed', { cronJob: 'nightly' })]
    const found = run(jobs, {
      jobs: runs,
      events,
      cronjobs: [cronJob({}, { lastScheduleTime: ago(10 * minute), lastSuccessfulTime: ago(3 * hour) })],
    })
    expect(brief(found)).toEqual(['CRONJOB_FAILING warning CronJob/shop/nightly'])
    expect(found[0]!.since).toBe(ago(50 * minute))
  })

  it('tells CronJobs that leave runs out', () => {
    expect(brief(run(jobs, { cronjobs: [cronJob({}, { lastScheduleTime: ago(5 * hour) })] }))).toEqual([
      'CRONJOB_MISSED warning CronJob/shop/nightly',
    ])
    const blocked = cronJob(
      { concurrencyPolicy: 'Forbid' },
      { lastScheduleTime: ago(5 * hour), active: [{ name: 'nightly-1' }] },
    )
    expect(run(jobs, { cronjobs: [blocked] })[0]!.title).toContain('because one does not end')
    expect(run(jobs, { cronjobs: [cronJob({ schedule: 'sometimes' })] })[0]!.title).toContain('cannot be read')
  })

  it.each([
    ['a Job that completed after failed tries', { jobs: [job('import', 'Complete', { failed: 3 })] }],
    ['a Job that is trying again', { jobs: [job('import', '', { failed: 2 })] }],
    ['a suspended Job', { jobs: [job('import', 'Suspended')] }],
    [
      'a CronJob that succeeded since',
      {
        jobs: [job('nightly-1', 'Failed', { cronJob: 'nightly', age: 2 * hour })],
        cronjobs: [cronJob({}, { lastScheduleTime: ago(10 * minute), lastSuccessfulTime: ago(hour) })],
      },
    ],
    ['a suspended CronJob', { cronjobs: [cronJob({ suspend: true }, { lastScheduleTime: ago(20 * day) })] }],
    ['a CronJob that has not been due', { cronjobs: [cronJob({ schedule: '0 3 * * *' }, {}, hour)] }],
    [
      'a CronJob in another time zone',
      { cronjobs: [cronJob({ schedule: '0 3 * * *', timeZone: 'Asia/Tokyo' }, { lastScheduleTime: ago(20 * hour) })] },
    ],
    ['a yearly CronJob', { cronjobs: [cronJob({ schedule: '@yearly' }, { lastScheduleTime: ago(300 * day) })] }],
  ])('leaves %s alone', (_name, objects) => {
    expect(run(jobs, objects)).toEqual([])
  })
})

describe('dueTimes', () => {
  const until = toMillis('2026-11-21T12:00:00Z')!
  it.each([
    ['*/15 * * * *', ['11-21T12:00', '11-21T11:45']],
    ['0 3 * * *', ['11-21T03:00', '11-20T03:00']],
    ['30 1 * * MON-FRI', ['11-20T01:30', '11-19T01:30']],
    ['0 0 1,15 * 0', ['11-15T00:00', '11-08T00:00']],
    ['@hourly', ['11-21T12:00', '11-21T11:00']],
  ])('reads %s', (schedule, expected) => {
    expect(dueTimes(schedule, 0, until, 2)?.map((at) => new Date(at).toISOString().slice(5, 16))).toEqual(expected)
  })

  it('knows what it cannot read', () => {
    expect(
      ['', '* * * *', '61 * * * *', 'a b c d e', '*/0 * * * *'].map((schedule) => dueTimes(schedule, 0, until, 1)),
    ).toEqual([undefined, undefined, undefined, undefined, undefined])
  })
})
