import { expect, test } from 'vitest'
import { incident } from '../../shared/core/src/assess/testing.ts'
import { defaultDetectOptions } from '../../shared/core/src/detect/context.ts'
import { detect } from '../../shared/core/src/detect/detect.ts'
import { group } from '../../shared/core/src/group.ts'
import type { Incident } from '../../shared/core/src/incident.ts'
import { day, hour, minute, toInstant } from '../../shared/core/src/time.ts'
import { getTrends } from '../../servers/session-memory/src/tools/get-trends.ts'
import { call, runCycle, testContext } from '../../servers/session-memory/src/tools/testing.ts'
import { healthyWeek, monday } from './healthy-week.ts'

function incidentsAt(now: number): Incident[] {
  const snapshot = healthyWeek(now)
  return group(detect(snapshot, defaultDetectOptions, now), snapshot)
}

/** Looks at a cluster for days as the driver does, and gives a line for each message. */
async function watch(
  { every, days }: { every: number; days: number },
  begin: number,
  see: (now: number) => Incident[],
) {
  const context = await testContext()
  const said: string[] = []
  const noticed = new Set<string>()
  for (let now = begin; now < begin + days * day; now += every) {
    context.clock.now = now
    const incidents = see(now)
    for (const { rule } of incidents) noticed.add(rule)
    const { assessed } = await runCycle(context, incidents)
    for (const { fingerprint, state, sev, decision } of assessed.assessments) {
      const title = incidents.find((incident) => incident.fingerprint === fingerprint)!.title
      if (decision.notify) said.push(`${toInstant(now)} ${decision.form} ${state} ${sev} ${title}`)
    }
  }
  return { context, said, noticed }
}

test.for([
  { how: 'every five minutes', every: 5 * minute, offset: minute, rules: ['NODE_CORDONED', 'NODE_NOT_READY'] },
  { how: 'every hour', every: hour, offset: 4 * minute, rules: ['NODE_CORDONED'] },
])(
  'a healthy week of rollouts, reboots and nightly jobs, looked at $how: nobody is told',
  async ({ every, offset, rules }) => {
    const { context, said, noticed } = await watch({ every, days: 7 }, monday + offset, incidentsAt)
    expect(said).toEqual([])
    const { verdicts } = await call(getTrends, { scope: 'cluster', days: 7 }, context)
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['steady'])
    // The week is not quiet because nothing was seen.
    expect([...noticed].sort()).toEqual(rules)
  },
)

test('the same days with a database that goes down on Wednesday: that is told, and nothing else', async () => {
  const wednesday = monday + 2 * day + 12 * hour
  const { said } = await watch({ every: 5 * minute, days: 3 }, monday, (now) => {
    const incidents = incidentsAt(now)
    const since = toInstant(wednesday)
    const isDown = now >= wednesday && now < wednesday + 10 * minute
    return isDown ? [...incidents, incident('mysql', 0, 1, { rule: 'POD_CRASH_LOOP', since })] : incidents
  })
  expect(said).toEqual(['2026-11-18T12:00:00Z full new SEV-1 Deployment mysql: POD_CRASH_LOOP'])
})

test.for([
  {
    how: 'up and down at every look',
    every: 5 * minute,
    isDown: (look: number) => look % 2 === 0,
    briefly: ['flapping'],
  },
  {
    how: 'down for one look of four',
    every: 5 * minute,
    isDown: (look: number) => look % 4 === 0,
    briefly: ['flapping'],
  },
  {
    how: 'down for two looks of five',
    every: 5 * minute,
    isDown: (look: number) => look % 5 < 2,
    briefly: ['ongoing', 'flapping'],
  },
  {
    how: 'up and down from hour to hour',
    every: hour,
    isDown: (look: number) => look % 2 === 0,
    briefly: ['reopened', 'flapping'],
  },
])('a service that flaps for days, $how: one message, and lines below it', async ({ every, isDown, briefly }) => {
  const { said } = await watch({ every, days: every < hour ? 2 : 7 }, monday, (now) =>
    now >= monday + 12 * hour && isDown((now - monday) / every)
      ? [incident('n8n', 0, 1, { rule: 'POD_CRASH_LOOP', since: toInstant(now) })]
      : [],
  )
  const told = said.map((line) => line.split(' ').slice(1, 3).join(' '))
  expect(told).toEqual(['full new', ...briefly.map((state) => `update ${state}`)])
})

test('a service that flaps and then stays down is told again within half an hour', async () => {
  const noon = monday + 12 * hour
  const { said } = await watch({ every: 5 * minute, days: 1 }, monday, (now) => {
    const look = (now - noon) / (5 * minute)
    const isDown = (look >= 0 && look % 2 === 0) || now >= noon + 3 * hour
    return isDown ? [incident('n8n', 0, 1, { rule: 'POD_CRASH_LOOP', since: toInstant(now) })] : []
  })
  const again = said.filter((line) => line >= toInstant(noon + 3 * hour)).map((line) => line.split(' ').slice(0, 2))
  expect(again[0]).toEqual(['2026-11-16T15:20:00Z', 'escalation'])
})
