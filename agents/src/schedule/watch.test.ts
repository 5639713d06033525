import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hour, minute } from '@kubevigil/core/time'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openDriverStore, type DriverStore } from './store.ts'
import { every } from './timetable.ts'
import { watch } from './watch.ts'

const start = Date.parse('2026-11-21T10:00:00Z')
let home: string
let stores: DriverStore[]
let said: string
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'kubevigil-watch-'))
  stores = [await openDriverStore(home), await openDriverStore(home)]
  said = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text)
    return true
  })
  vi.useFakeTimers({ now: start })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  for (const store of stores) store.close()
  rmSync(home, { recursive: true, force: true })
})

/** A driver whose runs take `lasts` milliseconds; its starts are noted in minutes since the beginning. */
function drive(store: DriverStore, lasts: number, work: () => void = () => {}) {
  const stop = new AbortController()
  const starts: number[] = []
  const ended = watch({
    store,
    target: 'a',
    timetable: every(hour),
    stopping: stop.signal,
    work: async () => {
      starts.push((Date.now() - start) / minute)
      await new Promise((resolve) => setTimeout(resolve, lasts))
      work()
      return 'healthy'
    },
  })
  return { starts, stop: () => stop.abort(), ended }
}

describe('watch', () => {
  it('runs at once and then by its timetable, a long run followed by the next at once', async () => {
    const driver = drive(stores[0]!, 90 * minute)
    await vi.advanceTimersByTimeAsync(4 * hour)
    expect(driver.starts).toEqual([0, 90, 180])
    driver.stop()
    await vi.advanceTimersByTimeAsync(hour)
    await driver.ended
  })

  it('makes up for missed runs by one', async () => {
    const first = drive(stores[0]!, minute)
    await vi.advanceTimersByTimeAsync(minute)
    first.stop()
    await first.ended
    vi.setSystemTime(start + 26 * hour + 30 * minute)
    const second = drive(stores[1]!, minute)
    await vi.advanceTimersByTimeAsync(90 * minute)
    expect(second.starts).toEqual([26.5 * 60, 27.5 * 60])
    second.stop()
    await vi.advanceTimersByTimeAsync(minute)
    await second.ended
  })

  it('waits for its time after a restart', async () => {
    const first = drive(stores[0]!, minute)
    await vi.advanceTimersByTimeAsync(10 * minute)
    first.stop()
    await first.ended
    const second = drive(stores[1]!, minute)
    await vi.advanceTimersByTimeAsync(49 * minute)
    expect(second.starts).toEqual([])
    await vi.advanceTimersByTimeAsync(2 * minute)
    expect(second.starts).toEqual([60])
    expect(said).toContain('Waiting for the next cycle')
    second.stop()
    await vi.advanceTimersByTimeAsync(minute)
    await second.ended
  })

  it('shares the work of two drivers: no run twice, none at once', async () => {
    let running = 0
    const drivers = stores.map((store) =>
      drive(store, 20 * minute, () => {
        running += 1
        expect(running).toBe(1)
        running -= 1
      }),
    )
    await vi.advanceTimersByTimeAsync(5 * hour + minute)
    expect(drivers.flatMap(({ starts }) => starts).toSorted((a, b) => a - b)).toEqual([0, 60, 120, 180, 240, 300])
    expect(said).toMatch(/Another driver is in a cycle.*pid \d+ on/)
    for (const driver of drivers) driver.stop()
    await vi.advanceTimersByTimeAsync(hour)
    await Promise.all(drivers.map(({ ended }) => ended))
  })

  it('goes on after a run that fails', async () => {
    const driver = drive(stores[0]!, minute, () => {
      throw new Error('the cluster blinked')
    })
    await vi.advanceTimersByTimeAsync(61 * minute)
    expect(driver.starts).toEqual([0, 60])
    expect(said).toContain('the cluster blinked')
    driver.stop()
    await vi.advanceTimersByTimeAsync(hour)
    await driver.ended
  })
})
