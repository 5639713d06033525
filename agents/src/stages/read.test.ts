import type { Assessment } from '@kubevigil/core/assessment'
import { describe, expect, it } from 'vitest'
import { AssessmentAnswer, HealthAnswer } from '../answers.ts'
import { EngineFailure, noUsage, silentReading, type Engine, type Work } from '../engines/engine.ts'
import { rulesEngine } from '../engines/rules.ts'
import { answers, fakeServers, incident } from '../testing.ts'
import { read } from './read.ts'

const [fresh] = AssessmentAnswer.parse(answers['assess_incidents']!({})).assessments as [Assessment]
const never = new AbortController().signal

/** An engine that only notes what it was given. */
function noting(fail?: unknown): { engine: Engine; works: Work[] } {
  const works: Work[] = []
  const engine: Engine = {
    name: 'claude',
    chosen: '',
    check: async () => {},
    async read(work) {
      works.push(work)
      if (fail !== undefined) throw fail
      return silentReading('claude', '')
    },
  }
  return { engine, works }
}

/** Reads a look with these assessments, a fingerprint each. */
async function reading(engine: Engine, assessments: Assessment[], signal = never) {
  const named = assessments.map((one, index) => ({ ...one, fingerprint: `f${index}` }))
  const health = HealthAnswer.parse({
    ...(answers['check_cluster_health']!({}) as object),
    incidents: named.map(({ fingerprint }) => ({ ...incident, fingerprint })),
  })
  const correlated = { answers: new Map(), coverage: { source: 'github', status: 'ok' as const, detail: '' } }
  const assessed = { assessments: named, resolved: [], warnings: [] }
  return read(fakeServers(answers).servers, engine, health, assessed, correlated, undefined, signal)
}

const quiet = { ...fresh.decision, notify: false, form: null }

describe('what a model is given to read', () => {
  it.each<[string, Partial<Assessment>]>([
    ['new', { state: 'new', decision: quiet }],
    ['worse', { state: 'escalated', decision: quiet }],
    ['back', { state: 'reopened', decision: quiet }],
    ['about to have its message', { state: 'ongoing', decision: { ...fresh.decision, form: 'full' } }],
  ])('is what is %s', async (_what, change) => {
    const { engine, works } = noting()
    await reading(engine, [{ ...fresh, ...change }])
    expect(works[0]?.changed).toHaveLength(1)
  })

  it.each<[string, Partial<Assessment>]>([
    ['lasts', { state: 'ongoing', decision: quiet }],
    ['lasts and is told again', { state: 'ongoing', decision: { ...fresh.decision, form: 'update' } }],
    ['is known behaviour', { known: { kind: 'manual-unseal', note: '' } }],
    ['is never told', { sev: 'SEV-4' }],
    ['is covered by another', { decision: { ...quiet, coveredBy: 'aa' } }],
  ])('is not what %s', async (_what, change) => {
    const { engine, works } = noting()
    expect(await reading(engine, [{ ...fresh, ...change }])).toEqual(
      silentReading('claude', 'nothing changed, so no model was asked'),
    )
    expect(works).toEqual([])
  })

  it('is the worst of a storm, and the report says so', async () => {
    const { engine, works } = noting()
    const { note } = await reading(
      engine,
      Array.from({ length: 30 }, () => fresh),
    )
    expect(works[0]?.changed).toHaveLength(8)
    expect(note).toBe('read the worst 8 of 30 changes')
  })
})

describe('when it goes wrong', () => {
  it('the rules go on, with what was spent', async () => {
    const usage = { ...noUsage, costUsd: 0.1 }
    const failure = new EngineFailure(new Error('the model blinked'), usage)
    expect(await reading(noting(failure).engine, [fresh])).toEqual(
      silentReading('rules', 'claude could not help: the model blinked', usage),
    )
    expect((await reading(noting(new TypeError('x is undefined')).engine, [fresh])).engine).toBe('rules')
  })

  it('a stop is a stop', async () => {
    const stop = AbortSignal.abort(new Error('Stopped.'))
    await expect(reading(noting(new Error('aborted')).engine, [fresh], stop)).rejects.toThrow('Stopped.')
  })
})

it('asks nobody with the rules engine', async () => {
  expect(await reading(rulesEngine('ANTHROPIC_API_KEY is not set'), [fresh])).toEqual(
    silentReading('rules', 'ANTHROPIC_API_KEY is not set'),
  )
})
