import { describe, expect, it } from 'vitest'
import { renderReport } from './render.ts'
import type { CycleReport, ReportedIncident } from './report.ts'

const now = Date.parse('2026-11-21T01:10:00Z')

const incident: ReportedIncident = {
  fingerprint: '00000000000000aa',
  sev: 'SEV-1',
  priority: 'P0',
  service: 'checkout',
  rule: 'POD_OOM_KILLED',
  title: 'Deployment shop/checkout: container app is OOM-killed (limit 256Mi)',
  root: { kind: 'Deployment', namespace: 'shop', name: 'checkout' },
  since: '2026-11-21T01:05:00Z',
  members: { count: 1, examples: ['Deployment/shop/checkout'] },
  state: 'new',
  known: null,
  impact: 'Nobody can pay',
  reasons: ['P0 service checkout has 0 of 2 replicas ready'],
  correlation: {
    repository: 'acme/gitops',
    sha: '0123456789abcdef0123456789abcdef01234567',
    url: 'https://github.example/acme/gitops/commit/0123456',
    title: 'Trim checkout resources',
    score: 0.97,
    confidence: 'high',
    reasons: [],
  },
  changeVerdict: 'found',
  decision: {
    notify: true,
    form: 'full',
    channel: '#critical-alerts',
    next: null,
    coveredBy: null,
    reasons: ['SEV-1 is new'],
  },
  explanation: '',
  flagged: [],
  notification: { state: 'sent', channel: '#critical-alerts', ts: '1.2' },
  evidence: ['2 of 2 pods: last exit 137 (OOMKilled), 7 restarts'],
  causes: ['The memory limit is below what it needs'],
  nextSteps: ['kubectl -n shop describe pod checkout-1'],
  rollback: ['git revert 0123456'],
}

const report: CycleReport = {
  cycle: 'c1',
  engine: 'rules',
  engineNote: '',
  dryRun: false,
  cluster: 'homelab',
  startedAt: '2026-11-21T01:09:58Z',
  durationMs: 1234,
  status: 'critical',
  coverage: [
    { source: 'api', status: 'ok', detail: '' },
    { source: 'nodes', status: 'forbidden', detail: 'Not allowed: nodes is forbidden.' },
  ],
  incidents: [incident],
  warnings: [],
  usage: { inputTokens: 0, outputTokens: 0, costUsd: 0, models: [] },
}

function changeOf(changeVerdict: ReportedIncident['changeVerdict']): string | undefined {
  const text = renderReport({ ...report, incidents: [{ ...incident, correlation: null, changeVerdict }] }, now, false)
  return text.split('\n').find((line) => line.startsWith('  change'))
}

describe('renderReport', () => {
  it('says what is wrong, why, since when, what changed, what was sent, what to do, and what was not seen', () => {
    expect(renderReport(report, now, false)).toMatchInlineSnapshot(`
      "homelab: critical, 1 incident  rules engine, 1.2 s

      SEV-1  Deployment shop/checkout: container app is OOM-killed (limit 256Mi)
        service  checkout, P0, new
        impact   Nobody can pay
        since    2026-11-21T01:05:00Z (5m ago)
        seen     2 of 2 pods: last exit 137 (OOMKilled), 7 restarts
        why      The memory limit is below what it needs
        change   acme/gitops@01234567 "Trim checkout resources" (high confidence, 0.97)
                 https://github.example/acme/gitops/commit/0123456
        judged   P0 service checkout has 0 of 2 replicas ready
        decided  SEV-1 is new
        message  sent in #critical-alerts
        do       kubectl -n shop describe pod checkout-1
        undo     git revert 0123456

      Could not look at:
        nodes (forbidden): Not allowed: nodes is forbidden.
      "
    `)
  })

  it('says that no change was found only when all was looked at', () => {
    expect(changeOf('none')).toBe('  change   none found')
    expect(changeOf('incomplete')).toBe('  change   not known: not every source answered')
    expect(changeOf(null)).toBe('  change   not known')
  })

  it('gives each piece of evidence its line', () => {
    const evidence = [
      'app: 7 restarts',
      'revision 2: limits.memory 512Mi → 256Mi; requests.cpu 50m → 100m',
      'exit 137',
      'x',
    ]
    const text = renderReport({ ...report, incidents: [{ ...incident, evidence }] }, now, false)
    expect(text).toContain(
      '  seen     app: 7 restarts\n           revision 2: limits.memory 512Mi → 256Mi; requests.cpu 50m → 100m\n           exit 137\n  why',
    )
  })

  it('shows known behaviour apart and a resolved incident in one breath', () => {
    const known: ReportedIncident = {
      ...incident,
      title: 'StatefulSet vault/vault: not ready',
      sev: 'SEV-4',
      known: { kind: 'manual-unseal', note: 'unseal it' },
      notification: null,
    }
    const resolved: ReportedIncident = {
      ...incident,
      state: 'resolved',
      notification: { state: 'resolved', channel: '#critical-alerts', ts: '1.2' },
    }
    const text = renderReport({ ...report, status: 'healthy', coverage: [], incidents: [known, resolved] }, now, false)
    expect(text).toContain('homelab: healthy')
    expect(text).toMatch(
      /RESOLVED {2}Deployment shop\/checkout.*\n {2}message {2}marked as resolved in #critical-alerts/,
    )
    expect(text).toContain(
      'Known behaviour, nobody told:\n  StatefulSet vault/vault: not ready (manual-unseal: unseal it)',
    )
  })

  it('colours only when asked to', () => {
    expect(renderReport(report, now, false)).not.toContain('\u001B[')
    expect(renderReport(report, now, true)).toContain('\u001B[')
  })

  it('never calls an unseen cluster healthy', () => {
    expect(renderReport({ ...report, status: 'unknown', incidents: [] }, now, false)).toContain(
      'could not be looked at',
    )
  })
})
