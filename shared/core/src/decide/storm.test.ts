import { expect, test } from 'vitest'
import { incident, justNow, remembered, toldAt } from '../assess/testing.ts'
import type { Sev } from '../policy.ts'
import { minute } from '../time.ts'
import { look } from './testing.ts'

const many = (count: number, sev: Sev, prefix: string = sev) =>
  Array.from({ length: count }, (_, index) => ({ incident: incident(`${prefix}-${index}`, 0, 1), sev }))
const formsOf = (decisions: ReturnType<typeof look>) =>
  Object.fromEntries(
    Map.groupBy(decisions, ({ form }) => `${form}`)
      .entries()
      .map(([form, all]) => [form, all.length]),
  )

test('ten incidents at once are ten messages, eleven a digest', () => {
  expect(formsOf(look(many(10, 'SEV-2')))).toEqual({ full: 10 })
  const decisions = look(many(11, 'SEV-2'))
  expect(formsOf(decisions)).toEqual({ digest: 11 })
  expect(decisions[0]!.reasons.at(-1)).toBe('11 incidents start in one look, more than 10, so they are told together')
})

test('the first SEV-1 keep messages of their own, up to a bound', () => {
  expect(formsOf(look([...many(8, 'SEV-1'), ...many(8, 'SEV-2')]))).toEqual({ full: 5, digest: 11 })
})

test('what nobody is told of, what a digest tells anyway, and what was told before, makes no storm', () => {
  expect(formsOf(look([...many(10, 'SEV-2'), ...many(50, 'SEV-4')]))).toEqual({ full: 10, null: 50 })
  expect(formsOf(look([...many(10, 'SEV-3'), ...many(2, 'SEV-2')]))).toEqual({ digest: 10, full: 2 })
  const lasting = many(20, 'SEV-2', 'old').map((one) => ({
    ...one,
    remembered: remembered(one.incident, { told: toldAt(justNow(40 * minute)) }),
  }))
  expect(formsOf(look([...lasting, ...many(2, 'SEV-2')]))).toEqual({ update: 20, full: 2 })
})
