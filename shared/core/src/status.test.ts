import { describe, expect, it } from 'vitest'
import type { Coverage } from './observe.ts'
import { statusOf, vitalSources } from './status.ts'

function coverage(gaps: Partial<Record<string, Coverage['status']>> = {}): Coverage[] {
  return vitalSources.map((source) => ({ source, status: gaps[source] ?? 'ok', detail: '' }))
}
const critical = { severity: 'critical', rule: 'POD_CRASH_LOOP' } as const
const warning = { severity: 'warning', rule: 'POD_NOT_READY' } as const
const info = { severity: 'info', rule: 'NODE_CORDONED' } as const
const noApi = { severity: 'critical', rule: 'API_UNREACHABLE' } as const

describe('statusOf', () => {
  it.each([
    ['nothing found, all read', coverage(), [], 'healthy'],
    ['only notes', coverage(), [info], 'healthy'],
    ['a warning', coverage(), [info, warning], 'degraded'],
    ['something critical', coverage(), [warning, critical], 'critical'],
    ['nothing found, nodes forbidden', coverage({ nodes: 'forbidden' }), [], 'unknown'],
    ['a warning, nodes forbidden', coverage({ nodes: 'forbidden' }), [warning], 'degraded'],
    ['nothing found, pods read in part', coverage({ pods: 'partial' }), [], 'unknown'],
    ['a warning, pods forbidden', coverage({ pods: 'forbidden' }), [warning], 'unknown'],
    ['something critical, pods forbidden', coverage({ pods: 'forbidden' }), [critical], 'critical'],
    ['workloads timed out', coverage({ deployments: 'timeout' }), [], 'unknown'],
    ['the API unreachable', [{ source: 'api', status: 'error', detail: '' } as const], [noApi], 'unknown'],
    ['no word about anything', [], [], 'unknown'],
  ] as const)('%s', (_name, sources, incidents, expected) => {
    expect(statusOf(sources, incidents)).toBe(expected)
  })
})
