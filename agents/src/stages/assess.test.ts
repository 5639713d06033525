import { expect, it } from 'vitest'
import { HealthAnswer } from '../answers.ts'
import { answers, fakeServers } from '../testing.ts'
import { assess } from './assess.ts'

const health = HealthAnswer.parse(answers['check_cluster_health']!({}))
const noFiles = { services: undefined, policy: undefined }

/** Memory's answer on one page of several, with one incident on each. */
function page(cursor: number, nextCursor: number | null): object {
  const whole = answers['assess_incidents']!({}) as { assessments: object[] }
  return { ...whole, assessments: [{ ...whole.assessments[0], fingerprint: `page-${cursor}` }], nextCursor }
}

async function assessed(next: (cursor: number) => number | null): Promise<string[]> {
  const { servers } = fakeServers({
    ...answers,
    assess_incidents: ({ cursor }) => page(cursor as number, next(cursor as number)),
  })
  const { assessments } = await assess(servers, health, noFiles, new AbortController().signal, 0)
  return assessments.map(({ fingerprint }) => fingerprint)
}

it('reads every page of an assessment, so that no incident of a storm is lost', async () => {
  expect(await assessed((cursor) => (cursor < 2 ? cursor + 1 : null))).toEqual(['page-0', 'page-1', 'page-2'])
})

it('ends when a page leads nowhere', async () => {
  expect(await assessed(() => 1)).toEqual(['page-0', 'page-1'])
})
