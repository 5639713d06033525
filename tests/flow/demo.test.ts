import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import type { CycleReport, ReportedIncident } from '../../agents/src/report.ts'
import { root } from '../house/source-files.ts'

const run = promisify(execFile)

describe('pnpm demo --json', () => {
  let cycles: CycleReport[]
  const backend = (cycle: number): ReportedIncident | undefined =>
    cycles[cycle]?.incidents.find((incident) => incident.service === 'chores-tracker-backend')

  beforeAll(async () => {
    const { stdout } = await run(process.execPath, [join(root, 'shared/simulator/src/demo.ts'), '--json'], {
      maxBuffer: 8 << 20,
    })
    cycles = (JSON.parse(stdout) as { cycles: CycleReport[] }).cycles
  }, 60_000)

  it('runs three cycles with the rules engine at no cost', () => {
    expect(cycles).toHaveLength(3)
    for (const cycle of cycles) {
      expect(cycle).toMatchObject({ engine: 'rules', cluster: 'homelab', usage: { costUsd: 0 }, warnings: [] })
      expect(cycle.coverage.filter((entry) => entry.status !== 'ok' && entry.status !== 'absent')).toEqual([])
    }
  })

  it('tells the one incident at SEV-1', () => {
    expect(cycles[0]?.status).toBe('critical')
    expect(cycles[0]?.incidents.filter((incident) => incident.notification !== null)).toHaveLength(1)
    expect(backend(0)).toMatchObject({
      sev: 'SEV-1',
      priority: 'P0',
      rule: 'POD_OOM_KILLED',
      state: 'new',
      known: null,
      root: { kind: 'Deployment', namespace: 'chores-tracker', name: 'chores-tracker-backend' },
      decision: { notify: true, channel: '#critical-alerts' },
      notification: { state: 'sent', channel: expect.any(String) as string, ts: expect.any(String) as string },
    })
  })

  it('correlates it with the commit that lowered the limit, with high confidence', () => {
    expect(backend(0)?.correlation).toMatchObject({
      repository: 'example-homelab/kubernetes',
      title: 'Trim chores-tracker-backend resources',
      confidence: 'high',
    })
    expect(backend(0)?.correlation?.sha).toMatch(/^[0-9a-f]{40}$/)
  })

  it('advises a revert in Git, because Argo CD would undo anything else', () => {
    const advice = backend(0)?.rollback.join('\n') ?? ''
    expect(advice).toContain('git revert')
    expect(advice).toMatch(/rollout undo.*(?:put|back|revert|undone|again)/is)
  })

  it('knows the sealed vault and tells nobody', () => {
    const vault = cycles[0]?.incidents.find((incident) => incident.service === 'vault')
    expect(vault).toMatchObject({ known: { kind: 'manual-unseal' }, decision: { notify: false }, notification: null })
  })

  it('sends nothing new in a second cycle', () => {
    expect(backend(1)).toMatchObject({
      fingerprint: backend(0)?.fingerprint,
      state: 'ongoing',
      decision: { notify: false },
    })
    expect(backend(1)?.notification).toMatchObject({ state: 'ongoing', ts: backend(0)?.notification?.ts })
  })

  it('resolves it in place after the recovery', () => {
    expect(cycles[2]?.status).toBe('healthy')
    expect(backend(2)).toMatchObject({
      state: 'resolved',
      notification: { state: 'resolved', ts: backend(0)?.notification?.ts },
    })
  })
})
