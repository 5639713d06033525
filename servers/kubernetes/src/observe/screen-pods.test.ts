import { describe, expect, it } from 'vitest'
import { isSuspect } from './screen-pods.ts'

describe('a row of the pod table', () => {
  it.each([
    ['1/1', 'Running', '0'],
    ['0/1', 'Completed', '0'],
    ['2/2', 'Running', '3 (5d ago)'],
    ['1/1', 'Running', '12 (2y30d ago)'],
  ])('%s %s %s is left alone', (ready, status, restarts) => expect(isSuspect(ready, status, restarts)).toBe(false))

  it.each([
    ['0/1', 'Running', '0'],
    ['1/2', 'Running', '0'],
    ['1/1', 'Running', '3 (5m ago)'],
    ['1/1', 'Running', '3 (23h ago)'],
    ['1/1', 'Running', '3'],
    ['1/1', 'Terminating', '0'],
    ['0/1', 'CrashLoopBackOff', '7 (2m30s ago)'],
    ['0/1', 'Pending', '0'],
    ['0/1', 'Init:0/1', '0'],
    ['0/1', 'Evicted', '0'],
    ['0/1', 'ImagePullBackOff', '0'],
  ])('%s %s %s is read whole', (ready, status, restarts) => expect(isSuspect(ready, status, restarts)).toBe(true))
})
