import type { KubernetesEvent } from '@kubevigil/core/kubernetes'
import { describe, expect, it } from 'vitest'
import { createEventFolder } from './fold-events.ts'

const since = Date.parse('2026-11-21T00:00:00Z')

function event(fields: Partial<KubernetesEvent>): KubernetesEvent {
  return {
    metadata: { name: 'e' },
    type: 'Warning',
    reason: 'BackOff',
    message: 'Back-off 10s restarting',
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
    lastTimestamp: '2026-11-21T01:00:00Z',
    firstTimestamp: '2026-11-21T00:30:00Z',
    count: 3,
    ...fields,
  }
}

function fold(...events: KubernetesEvent[]) {
  const folder = createEventFolder(since)
  for (const one of events) folder.add(one)
  return folder.result()
}

describe('createEventFolder', () => {
  it('folds repeats of one object, with their sum, first and last, in the latest wording', () => {
    const folded = fold(
      event({}),
      event({
        message: 'Back-off 5m0s restarting',
        lastTimestamp: '2026-11-21T01:05:00Z',
        firstTimestamp: '2026-11-21T00:20:00Z',
        count: 4,
      }),
      event({ involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-2' } }),
      event({ reason: 'Failed' }),
    )
    expect(folded).toHaveLength(3)
    expect(folded[0]).toEqual({
      type: 'Warning',
      reason: 'BackOff',
      object: 'Pod/shop/web-1',
      message: 'Back-off 5m0s restarting',
      count: 7,
      first: '2026-11-21T00:20:00Z',
      last: '2026-11-21T01:05:00Z',
      source: '',
    })
  })

  it('reads scheduler events, which carry neither count nor timestamps', () => {
    const scheduler = {
      firstTimestamp: null,
      lastTimestamp: null,
      source: {},
      reportingComponent: 'default-scheduler',
      reason: 'FailedScheduling',
    }
    const bare = event(scheduler)
    delete bare.count
    const folded = fold(
      { ...bare, eventTime: '2026-11-21T01:00:00.123456Z' },
      {
        ...bare,
        eventTime: '2026-11-21T01:00:00.123456Z',
        series: { count: 5, lastObservedTime: '2026-11-21T01:09:00.5Z' },
      },
    )
    expect(folded).toMatchObject([
      { count: 6, first: '2026-11-21T01:00:00Z', last: '2026-11-21T01:09:00Z', source: 'default-scheduler' },
    ])
  })

  it('leaves out what ended before, sorts newest first, and keeps an event without any time', () => {
    const folded = fold(
      event({ reason: 'Old', lastTimestamp: '2026-11-20T23:59:59Z' }),
      event({ reason: 'A', lastTimestamp: '2026-11-21T01:00:00Z' }),
      event({ reason: 'B', lastTimestamp: '2026-11-21T02:00:00Z' }),
      event({ reason: 'Timeless', lastTimestamp: null, firstTimestamp: null }),
    )
    expect(folded.map(({ reason, last }) => [reason, last])).toEqual([
      ['Timeless', null],
      ['B', '2026-11-21T02:00:00Z'],
      ['A', '2026-11-21T01:00:00Z'],
    ])
  })

  it('clips, cleans and redacts messages, and survives an event that misses everything', () => {
    const folded = fold(event({ message: `\u001B[31mpassword=hunter2canary ${'x'.repeat(9000)}`, count: 2 ** 40 }), {
      metadata: { name: 'e' },
    } as KubernetesEvent)
    expect(folded.every(({ message }) => message.length <= 400)).toBe(true)
    expect(JSON.stringify(folded)).not.toContain('hunter2canary')
    expect(folded.every(({ count }) => count <= 1_000_000_000)).toBe(true)
  })
})
