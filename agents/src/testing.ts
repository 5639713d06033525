import type { Incident } from '@kubevigil/core/incident'
import type { ServerName, Servers } from './servers.ts'

const root = { kind: 'Deployment', namespace: 'shop', name: 'checkout' }
/** An incident as check_cluster_health answers it. */
export const incident: Incident = {
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
/** The change behind it, as correlate_incident ranks it. */
export const suspect = {
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

/** What tools answer, by name. */
export type Answers = Record<string, (args: Record<string, unknown>) => unknown>

/** Servers that answer from a table and keep what they were asked. */
export function fakeServers(
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

/** A look that finds the incident, new and to be told. */
export const answers: Answers = {
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
        decision: {
          notify: true,
          form: 'full',
          channel: '#critical-alerts',
          next: null,
          coveredBy: null,
          reasons: ['SEV-1 is new'],
        },
        told: null,
      },
    ],
    resolved: [],
    nextCursor: null,
    warnings: [],
  }),
  notify_incident: () => ({ state: 'sent', channel: '#critical-alerts', ts: '1.2', detail: '' }),
  record_cycle: () => ({ recorded: true }),
  flush_outbox: () => ({ waiting: [] }),
}
