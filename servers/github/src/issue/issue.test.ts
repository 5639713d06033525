import { describe, expect, test } from 'vitest'
import { decide, type Action } from './decide.ts'
import { composeBody, readMark, withMark, type Mark } from './mark.ts'

const mark: Mark = { fingerprint: 'fp-1', state: 'open', digest: 'a'.repeat(12), count: 3 }

test.each<[Action, string, Parameters<typeof decide>[0], boolean, string]>([
  ['open', 'there is none', undefined, false, 'a'],
  ['none', 'there is none, and it is over', undefined, true, 'a'],
  ['none', 'nothing changed', { isOpen: true, mark }, false, 'a'],
  ['update', 'it changed', { isOpen: true, mark }, false, 'b'],
  ['close', 'it is over', { isOpen: true, mark }, true, 'a'],
  ['none', 'it is over and closed', { isOpen: false, mark: { ...mark, state: 'resolved' } }, true, 'a'],
  ['reopen', 'it came back', { isOpen: false, mark: { ...mark, state: 'resolved' } }, false, 'a'],
  ['leave', 'people closed it', { isOpen: false, mark }, false, 'b'],
  ['note-end', 'people closed it, and it is over', { isOpen: false, mark }, true, 'a'],
  ['update', 'people opened it again', { isOpen: true, mark: { ...mark, state: 'resolved' } }, false, 'a'],
])('%s when %s', (action, _, issue, resolved, letter) => {
  expect(decide(issue, { resolved, digest: letter.repeat(12) })).toBe(action)
})

describe('marks', () => {
  const body = composeBody('Text', mark)

  test('are read as they were written', () => {
    expect(readMark(body)).toEqual(mark)
    expect(readMark(withMark(body, { ...mark, state: 'resolved', count: 4 }))).toMatchObject({
      state: 'resolved',
      count: 4,
    })
    expect(readMark('No mark <!-- kubevigil:incident fp-1 -->')).toBeUndefined()
  })

  test('keep what people wrote behind them', () => {
    expect(composeBody('New', { ...mark, count: 4 }, `${body}\n\nSam: see #12`)).toMatch(
      /^New\n[^]*count=4 -->\n\nSam: see #12$/,
    )
  })
})
