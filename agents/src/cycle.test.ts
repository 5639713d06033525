import type { Incident } from '@kubevigil/core/incident'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { describe, expect, it } from 'vitest'
import { runCycle } from './cycle.ts'
import { rulesEngine } from './engines/rules.ts'
import type { CycleReport } from './report.ts'
import type { ServerName, Servers } from './servers.ts'

const root = { kind: 'Deployment', namespace: 'shop', name: 'checkout' }
const incident: Incident = {
  fingerprint: 'aa',
  rule: 'POD_OOM_KILLED',
  severity: 'critical',
  title: 'checkout is OOM-killed',
  root,
  since: '2026-11-21T01:05:00Z',
  members: { count: 1, examples: ['Deployment/shop/checkout'] },
  affected: [{ ...root, ready: 0, desired: 2 }],
  evidence: ['exit 137'],
  causes: ['limit too low'],
  nextSteps: ['raise it'],
}
const suspect = {
  repository: 'acme/gitops',
  sha: 'abc',
  url: 'https://x/abc',
  title: 'Trim',
  author: 'a',
  anchor: { time: '2026-11-21T01:04:00Z', source: 'ArgoCD' },
  files: [],
  score: 0.9,
  confidence: 'high',
  reasons: ['r'],
  disproof: [],
}
const ok = { source: 'api', status: 'ok', detail: '' }

type Answers = Record<string, (args: Record<string, unknown>) => unknown>

/** Servers that answer from a table and keep what they were asked. */
function fakeServers(
  answers: Answers,
  missing: ServerName[] = [],
): { servers: Servers; asked: { tool: string; args: Record<string, unknown> }[] } {
  const asked: { tool: string; args: Record<string, unknown> }[] = []
  const server = (name: ServerName): Servers[ServerName] =>
    missing.includes(name)
      ? { name, failure: `The ${name} server did not start.` }
      : {
          name,
          call: async <T>(tool: string, args: object) => {
            asked.push({ tool, args: args as Record<string, unknown> })
            return answers[tool]!(args as Record<string, unknown>) as T
          },
          listTools: async () => [],
          close: async () => {},
        }
  return {
    asked,
    servers: {
      kubernetes: server('kubernetes'),
      github: server('github'),
      slack: server('slack'),
      'session-memory': server('session-memory'),
    },
  }
}

const answers: Answers = {
  check_cluster_health: () => ({
    cluster: 'homelab',
    context: 'homelab',
    takenAt: '2026-11-21T01:10:00Z',
    status: 'critical',
    coverage: [ok],
    incidents: [incident],
    counts: { critical: 1, warning: 0, info: 0 },
    omitted: { incidents: 0, hint: '' },
    nextCursor: null,
  }),
  list_rollouts: () => ({
    workload: root,
    management: { tool: 'none', application: '', repository: '', path: '', branch: '', selfHeal: false },
    rollouts: [],
  }),
  correlate_incident: () => ({ verdict: 'found', suspects: [suspect], rollback: ['git revert abc'], coverage: [] }),
  assess_incidents: () => ({
    assessments: [
      {
        fingerprint: 'aa',
        state: 'new',
        sev: 'SEV-1',
        priority: 'P0',
        service: 'checkout',
        impact: 'nobody can pay',
        owners: [],
        known: null,
        since: incident.since,
        downtimeSeconds: 300,
        toleranceSeconds: 0,
        reasons: ['P0 down'],
        decision: { notify: true, channel: '#critical-alerts', reasons: ['SEV-1 is new'] },
        told: null,
      },
    ],
    resolved: [],
    warnings: [],
  }),
  notify_incident: () => ({ state: 'sent', channel: '#critical-alerts', ts: '1.2', detail: '' }),
  record_cycle: () => ({ recorded: true }),
}

async function cycle(servers: Servers, dryRun = false): Promise<CycleReport> {
  const options = {
    cycle: 'c1',
    dryRun,
    context: undefined,
    files: { services: undefined, policy: undefined },
    signal: new AbortController().signal,
    onStage: () => {},
  }
  return runCycle(servers, rulesEngine, options, () => Date.parse('2026-11-21T01:10:00Z'))
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
})
