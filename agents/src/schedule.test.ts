import { describe, expect, it, vi } from 'vitest'
import { everyInterval } from './schedule.ts'

describe('everyInterval', () => {
  it('never overlaps, survives a failing run, and stops at once', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const stop = new AbortController()
    let running = 0
    let runs = 0
    const status = await everyInterval(1, stop.signal, async () => {
      running += 1
      expect(running).toBe(1)
      runs += 1
      await new Promise((resolve) => setTimeout(resolve, 5))
      running -= 1
      if (runs === 2) throw new Error('the cluster blinked')
      if (runs === 4) stop.abort()
      return 0
    })
    expect(status).toBe(0)
    expect(runs).toBe(4)
    expect(stderr.mock.calls.flat().join('')).toContain('the cluster blinked')
    stderr.mockRestore()
  })
})
