import { hour } from '@kubevigil/core/time'
import { describe, expect, it } from 'vitest'
import { cron, every } from './timetable.ts'

const at = (time: string): number => Date.parse(`2026-11-21T${time}:00Z`)
const since = at('10:10')

describe('every', () => {
  it('is due at once at first, then an interval after the last start', () => {
    expect(every(hour).dueAfter(undefined, since)).toBe(since)
    expect(every(hour).dueAfter(at('10:00'), since)).toBe(at('11:00'))
  })

  it('is overdue once, however many were missed', () => {
    const due = every(hour).dueAfter(at('03:00'), since)
    expect(due).toBeLessThan(since)
    expect(every(hour).dueAfter(since, since)).toBe(since + hour)
  })
})

describe('cron', () => {
  it('is due at its times, not at once', () => {
    expect(cron('0 * * * *').dueAfter(undefined, since)).toBe(at('11:00'))
    expect(cron('0 * * * *').dueAfter(at('11:00'), since)).toBe(at('12:00'))
  })

  it('is overdue once, however many were missed', () => {
    const hourly = cron('0 * * * *')
    expect(hourly.dueAfter(at('03:00'), since)).toBe(at('04:00'))
    expect(hourly.dueAfter(since, since)).toBe(at('11:00'))
  })

  it.each(['61 * * * *', 'hourly', '0 0 31 2 *'])('refuses "%s"', (expression) => {
    expect(() => cron(expression)).toThrow(/no cron expression|names no time to come/)
  })
})
