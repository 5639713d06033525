import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { minute } from '@kubevigil/core/time'
import { watchHealth } from './health.ts'
import { holding } from './lease.ts'
import { leaseMs, openDriverStore, type DriverStore } from './store.ts'

let home: string
let one: DriverStore
let other: DriverStore
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'kubevigil-driver-'))
  // Two stores of one file stand for two drivers: each has its own name.
  one = await openDriverStore(home)
  other = await openDriverStore(home)
})
afterEach(() => {
  vi.useRealTimers()
  one.close()
  other.close()
  rmSync(home, { recursive: true, force: true })
})
const now = 1_800_000_000_000

function neverRan(last: number | undefined): boolean {
  return last === undefined
}

describe('a turn', () => {
  it('is one driver at a time, and the second is told who has it', () => {
    expect(one.take('a', now)).toEqual({ state: 'taken' })
    expect(other.take('a', now + 5)).toMatchObject({ state: 'held', holder: { since: now } })
    expect(other.take('a', now + 5)).toMatchObject({
      holder: { who: expect.stringMatching(/^pid \d+ on \S+$/) as string },
    })
    expect(other.take('b', now + 5)).toEqual({ state: 'taken' })
    one.release('a', now + 10, 'healthy')
    expect(other.take('a', now + 11)).toEqual({ state: 'taken' })
  })

  it('ends with its lease when the driver is gone, and goes on while it lives', () => {
    one.take('a', now)
    expect(one.keep('a', now + leaseMs - 1)).toBe(true)
    expect(other.take('a', now + leaseMs + 1).state).toBe('held')
    expect(other.take('a', now + 2 * leaseMs).state).toBe('taken')
    // Back from a long sleep, the first one learns that it lost it, and takes nothing away from the second.
    expect(one.keep('a', now + 2 * leaseMs + 1)).toBe(false)
    one.release('a', now + 2 * leaseMs + 2, 'healthy')
    expect(one.take('a', now + 2 * leaseMs + 3).state).toBe('held')
  })

  it('of a driver that is gone is not held longer because the clock was set back', () => {
    one.take('a', now)
    expect(other.take('a', now - 60 * minute).state).toBe('taken')
  })

  it('that is scheduled is run by one of two drivers that woke for it', () => {
    const isDue = (last: number | undefined): boolean => last === undefined || now - last >= minute
    expect(one.take('a', now, isDue).state).toBe('taken')
    one.release('a', now + 1, 'healthy')
    expect(other.take('a', now + 2, isDue).state).toBe('not-due')
    expect(other.lastRun('a', now + 2)).toMatchObject({ startedAt: now, finishedAt: now + 1, outcome: 'healthy' })
  })

  it('that was stopped, or whose driver died, is still due', () => {
    one.take('a', now, neverRan)
    one.release('a', now + 1, 'stopped')
    expect(other.take('a', now + 2, neverRan).state).toBe('taken')
    expect(one.take('a', now + 2 + leaseMs, neverRan).state).toBe('taken')
  })

  it('by hand does not move the schedule', () => {
    one.take('a', now)
    one.release('a', now + 1, 'healthy')
    expect(one.lastRun('a', now + 2).startedAt).toBeUndefined()
  })
})

describe('holding', () => {
  it('keeps the target for as long as the work takes, and gives it back', async () => {
    vi.useFakeTimers({ now })
    one.take('a', now)
    const work = holding(one, 'a', async () => {
      await new Promise((resolve) => setTimeout(resolve, 5 * leaseMs))
      return 'healthy'
    })
    await vi.advanceTimersByTimeAsync(4 * leaseMs)
    expect(other.take('a', Date.now()).state).toBe('held')
    await vi.advanceTimersByTimeAsync(2 * leaseMs)
    expect(await work).toBe('healthy')
    expect(other.take('a', Date.now()).state).toBe('taken')
  })

  it('gives it back when the work fails', async () => {
    one.take('a', now)
    await expect(holding(one, 'a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(other.take('a', now + 1).state).toBe('taken')
    expect(one.lastRun('a', now).outcome).toBe('failed')
  })

  it('tells the work when another driver has taken over', async () => {
    vi.useFakeTimers({ now })
    one.take('a', now)
    const work = holding(one, 'a', async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      signal.throwIfAborted()
      return 'healthy'
    })
    const ended = work.catch((error: unknown) => error)
    other.take('a', now + 2 * leaseMs)
    await vi.advanceTimersByTimeAsync(leaseMs)
    expect(await ended).toMatchObject({ message: 'Another driver took over while this one was stopped.' })
    expect(one.take('a', now + 2 * leaseMs + 1).state).toBe('held')
  })
})

describe('watchHealth', () => {
  const run = {
    startedAt: now,
    finishedAt: now + 1000,
    outcome: 'critical',
    dueAt: now + 60 * minute,
    holder: undefined,
  }

  it('is well between two runs and during one', () => {
    expect(watchHealth(run, now + minute)).toEqual({
      healthy: true,
      text: 'the next cycle is due in 59m; the last cycle ended 59s ago (critical)',
    })
    expect(watchHealth({ ...run, holder: { who: 'x', since: now } }, now + minute).healthy).toBe(true)
    expect(watchHealth(run, now + 65 * minute).healthy).toBe(true)
  })

  it('is not without a watch, when a run is long overdue, or takes for ever', () => {
    expect(watchHealth({ ...run, dueAt: undefined }, now).healthy).toBe(false)
    expect(watchHealth(run, now + 71 * minute).healthy).toBe(false)
    expect(watchHealth({ ...run, holder: { who: 'x', since: now } }, now + 11 * minute).healthy).toBe(false)
  })
})

it('says what to do when the home cannot be used', async () => {
  writeFileSync(join(home, 'file'), '')
  await expect(openDriverStore(join(home, 'file'))).rejects.toThrow(/cannot be made/)
})
