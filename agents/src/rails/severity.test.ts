import type { Assessment } from '@kubevigil/core/assessment'
import { describe, expect, it } from 'vitest'
import { allowedRaises, graver } from './severity.ts'

function assessment(fingerprint: string, sev: Assessment['sev'], known: Assessment['known'] = null): Assessment {
  return {
    fingerprint,
    state: 'new',
    sev,
    priority: 'P1',
    service: null,
    impact: '',
    owners: [],
    known,
    since: null,
    downtimeSeconds: 0,
    toleranceSeconds: 0,
    raised: null,
    reasons: [],
    decision: { notify: false, form: null, channel: null, next: null, coveredBy: null, reasons: [] },
    told: null,
  }
}
const known = { kind: 'manual-unseal', note: '' }

const wish = (fingerprint: string, sev: Assessment['sev']) => ({ fingerprint, sev, reason: 'r' })

describe('allowedRaises', () => {
  const given = [
    assessment('a', 'SEV-3'),
    assessment('b', 'SEV-1'),
    assessment('c', 'SEV-3', known),
    assessment('d', 'SEV-4'),
  ]

  it('keeps what is graver', () => {
    expect(allowedRaises([wish('a', 'SEV-1')], given)).toEqual([wish('a', 'SEV-1')])
  })

  it('drops what is milder or the same, unknown, known behaviour, never told, or asked for twice', () => {
    const wishes = [
      wish('b', 'SEV-2'),
      wish('b', 'SEV-1'),
      wish('x', 'SEV-1'),
      wish('c', 'SEV-1'),
      wish('d', 'SEV-1'),
      wish('a', 'SEV-2'),
      wish('a', 'SEV-1'),
    ]
    expect(allowedRaises(wishes, given)).toEqual([wish('a', 'SEV-2')])
  })
})

describe('graver', () => {
  it('takes the graver of two judgements and puts the gravest first', () => {
    const first = [assessment('a', 'SEV-2'), assessment('b', 'SEV-3')]
    expect(graver(first, [assessment('b', 'SEV-1'), assessment('a', 'SEV-2')])).toEqual([
      assessment('b', 'SEV-1'),
      assessment('a', 'SEV-2'),
    ])
  })

  it('never takes a milder one, loses one, or makes an incident of known behaviour', () => {
    const first = [assessment('a', 'SEV-1'), assessment('b', 'SEV-2'), assessment('c', 'SEV-3', known)]
    expect(graver(first, [assessment('a', 'SEV-4'), assessment('c', 'SEV-1')])).toEqual(first)
  })
})
