import { UserError } from '@kubevigil/mcp-kit/errors'
import { describe, expect, it } from 'vitest'
import { runCycle } from './cycle.ts'
import { rulesEngine } from './engines/rules.ts'
import type { CycleReport } from './report.ts'
import type { Servers } from './servers.ts'
import { answers, fakeServers, incident, suspect } from './testing.ts'

async function cycle(servers: Servers, dryRun = false, stopping = new AbortController().signal): Promise<CycleReport> {
  const options = {
    cycle: 'c1',
    dryRun,
    context: undefined,
    files: { services: undefined, policy: undefined },
    signal: new AbortController().signal,
    stopping,
    onStage: () => {},
  }
  return runCycle(servers, rulesEngine(), options, () => Date.parse('2026-11-21T01:10:00Z'))
}

describe('a cycle', () => {
  it('asks in the order of the flow and remembers what it sent', async () => {
    const { servers, asked } = fakeServers(answers)
    const report = await cycle(servers)
    expect(asked.map(({ tool }) => tool)).toEqual([
      'check_cluster_health',
      'list_rollouts',
      'correlate_incident',
      'assess_incidents',
      'notify_incident',
      'record_cycle',
      'flush_outbox',
    ])
    expect(asked.at(4)?.args).toMatchObject({
      sev: 'SEV-1',
      channel: '#critical-alerts',
      impact: 'nobody can pay',
      change: { sha: 'abc' },
      rollback: ['git revert abc'],
    })
    expect(asked.at(5)?.args).toMatchObject({
      key: 'c1',
      incidents: [{ delivery: { ts: '1.2' }, correlation: { sha: 'abc' } }],
    })
    expect(report).toMatchObject({
      status: 'critical',
      warnings: [],
      incidents: [{ sev: 'SEV-1', notification: { state: 'sent' } }],
    })
  })

  it('sends and remembers nothing in a dry run, and says what it would send', async () => {
    const { servers, asked } = fakeServers(answers)
    const report = await cycle(servers, true)
    expect(asked.map(({ tool }) => tool)).not.toContain('notify_incident')
    expect(asked.map(({ tool }) => tool)).not.toContain('record_cycle')
    expect(report).toMatchObject({ dryRun: true, incidents: [{ decision: { notify: true }, notification: null }] })
  })

  it('goes on without GitHub, and says that it is not correlated', async () => {
    const report = await cycle(fakeServers(answers, ['github']).servers)
    expect(report.incidents[0]).toMatchObject({ correlation: null, notification: { state: 'sent' } })
    expect(report.coverage).toContainEqual({
      source: 'github',
      status: 'error',
      detail: 'The github server did not start.',
    })
  })

  it('goes on without Slack, remembers, and warns', async () => {
    const { servers, asked } = fakeServers(answers, ['slack'])
    const report = await cycle(servers)
    expect(report.warnings[0]).toContain('slack')
    expect(asked.at(-1)?.tool).toBe('record_cycle')
    expect(report.incidents[0]?.notification).toBeNull()
  })

  it('judges by the same rules without memory, resolves nothing, and says so loudly', async () => {
    const health = answers['check_cluster_health']!({}) as object
    const longAgo = { ...incident, since: '2026-11-20T20:00:00Z' }
    const down = { ...answers, check_cluster_health: () => ({ ...health, incidents: [longAgo] }) }
    const report = await cycle(fakeServers(down, ['session-memory']).servers)
    expect(report.warnings.join(' ')).toMatch(/Memory is away.*session-memory server did not start.*not remembered/)
    expect(report.incidents[0]).toMatchObject({
      state: 'new',
      decision: { notify: true },
      notification: { state: 'sent' },
    })
  })

  it('does not name a change as the cause when it is only a guess', async () => {
    const guess = { ...suspect, score: 0.2, confidence: 'low' }
    const { servers, asked } = fakeServers({
      ...answers,
      correlate_incident: () => ({ verdict: 'found', suspects: [guess], rollback: ['git revert abc'], coverage: [] }),
    })
    await cycle(servers)
    expect(asked.find(({ tool }) => tool === 'notify_incident')?.args).toMatchObject({ change: null, rollback: [] })
  })

  it('tells memory when the health check did not list everything', async () => {
    const health = answers['check_cluster_health']!({}) as object
    const { servers, asked } = fakeServers({
      ...answers,
      check_cluster_health: () => ({ ...health, omitted: { incidents: 7, hint: '' } }),
    })
    const report = await cycle(servers)
    const told = asked.find(({ tool }) => tool === 'assess_incidents')?.args
    expect(JSON.stringify(told)).toMatch(/"status":"partial"|"omitted":7/)
    expect(JSON.stringify(report.coverage)).toContain('partial')
  })

  it('ends with the sentence of a kubeconfig that is not there', async () => {
    const failing = fakeServers({
      ...answers,
      check_cluster_health: () => {
        throw new UserError('tool-error', 'The kubeconfig x does not exist.', '')
      },
    })
    await expect(cycle(failing.servers)).rejects.toThrow('The kubeconfig x does not exist.')
  })

  it('refuses an answer of another form', async () => {
    await expect(
      cycle(fakeServers({ ...answers, check_cluster_health: () => ({ healthy: true }) }).servers),
    ).rejects.toThrow(/form this driver does not know/)
  })

  it('tells incidents of a digest in one message, and what another message covers not at all', async () => {
    const second = { ...incident, fingerprint: 'bb' }
    const third = { ...incident, fingerprint: 'cc' }
    const judged = (answers['assess_incidents']!({}) as { assessments: { decision: object }[] }).assessments[0]!
    const told = { ...judged, sev: 'SEV-3', decision: { ...judged.decision, form: 'digest' } }
    const covered = { ...judged, decision: { ...judged.decision, notify: false, form: null, coveredBy: 'aa' } }
    const health = answers['check_cluster_health']!({}) as object
    const { servers, asked } = fakeServers({
      ...answers,
      check_cluster_health: () => ({ ...health, incidents: [incident, second, third] }),
      assess_incidents: () => ({
        assessments: [told, { ...told, fingerprint: 'bb' }, { ...covered, fingerprint: 'cc' }],
        resolved: [],
        nextCursor: null,
        warnings: [],
      }),
      notify_digest: () => ({ state: 'sent', channel: '#critical-alerts', ts: '3.4', detail: '', told: ['aa'] }),
    })
    const report = await cycle(servers)
    expect(asked.filter(({ tool }) => tool.startsWith('notify_'))).toMatchObject([
      {
        tool: 'notify_digest',
        args: { why: 'business-hours', omitted: 0, incidents: [{ fingerprint: 'aa' }, { fingerprint: 'bb' }] },
      },
    ])
    expect(report.incidents.map(({ fingerprint, notification }) => [fingerprint, notification?.state])).toEqual([
      ['cc', undefined],
      ['aa', 'sent'],
      ['bb', 'unchanged'],
    ])
  })

  it('says in the form that was decided when it lasts, and how much it covers', async () => {
    const judged = (answers['assess_incidents']!({}) as { assessments: { decision: object }[] }).assessments[0]!
    const next = '2026-11-21T01:25:00Z'
    const { servers, asked } = fakeServers({
      ...answers,
      assess_incidents: () => ({
        assessments: [
          { ...judged, state: 'ongoing', decision: { ...judged.decision, form: 'update', next } },
          {
            ...judged,
            fingerprint: 'bb',
            decision: { ...judged.decision, notify: false, form: null, coveredBy: 'aa' },
          },
        ],
        resolved: [],
        nextCursor: null,
        warnings: [],
      }),
    })
    await cycle(servers)
    expect(asked.find(({ tool }) => tool === 'notify_incident')?.args).toMatchObject({
      form: 'update',
      nextUpdate: next,
      covers: 1,
    })
  })

  it('ends before the next stage when it is told to stop, and sends nothing', async () => {
    const stop = new AbortController()
    const { servers, asked } = fakeServers({
      ...answers,
      assess_incidents: (args) => {
        stop.abort(new UserError('stopped', 'Stopped.', ''))
        return answers['assess_incidents']!(args)
      },
    })
    await expect(cycle(servers, false, stop.signal)).rejects.toThrow('Stopped.')
    expect(asked.at(-1)?.tool).toBe('assess_incidents')
  })
})
