import { describe, expect, it } from 'vitest'
import { defaultDetectOptions, detect } from '../../shared/core/src/detect/detect.ts'
import { group } from '../../shared/core/src/group.ts'
import {
  Incident,
  refKey,
  severityOrder,
  type Finding,
  type ObjectRef,
  type Severity,
} from '../../shared/core/src/incident.ts'
import { statusOf } from '../../shared/core/src/status.ts'
import { toMillis } from '../../shared/core/src/time.ts'
import { readDump, readRecording, snapshotFromDump } from './snapshot-from-dump.ts'

/** Recorded clusters go in, what an expert would say comes out: whole, and as the observer of a big cluster sees it. */

type View = 'all' | 'suspects'
const views = ['all', 'suspects'] as const

function look(name: string, view: View) {
  const dump = readDump(name)
  const snapshot = snapshotFromDump(dump, view)
  const findings = detect(snapshot, defaultDetectOptions, toMillis(dump.takenAt)!)
  const incidents = group(findings, snapshot)
  return { findings, incidents, status: statusOf(snapshot.coverage, incidents) }
}

const atLeast = (severity: Severity) => (one: { severity: Severity }) =>
  severityOrder[one.severity] <= severityOrder[severity]

describe.each(views)('mixed cluster, %s', (view) => {
  const { findings, incidents, status } = look('mixed', view)

  /** Owner, code, severity, and words that evidence or title must hold. */
  const expected: [owner: string, rule: string, severity: Severity, words: RegExp][] = [
    ['Deployment/payments/ledger', 'POD_CRASH_LOOP', 'critical', /exit code 1/],
    ['Deployment/payments/fraud', 'POD_OOM_KILLED', 'critical', /limit 128Mi/],
    ['Deployment/payments/rates', 'POD_OOM_KILLED', 'warning', /running and ready/],
    ['Deployment/payments/no-binary', 'POD_START_ERROR', 'critical', /\/bin\/server: no such file/],
    ['Deployment/payments/no-cm', 'POD_CONFIG_ERROR', 'critical', /ConfigMap payments\/payments-config/],
    ['Deployment/payments/no-secret', 'POD_CONFIG_ERROR', 'critical', /Secret payments\/db-creds/],
    ['Deployment/payments/no-cmd', 'POD_CREATE_ERROR', 'critical', /no command specified/],
    ['Deployment/shop/badname', 'POD_IMAGE_PULL', 'critical', /no valid image/],
    ['Deployment/shop/limited', 'POD_IMAGE_PULL', 'critical', /limits the rate/],
    ['Deployment/shop/private', 'POD_IMAGE_PULL', 'critical', /refuses access/],
    ['Deployment/shop/search', 'POD_IMAGE_PULL', 'critical', /no such image or tag/],
    ['Deployment/shop/not-ready', 'POD_NOT_READY', 'critical', /statuscode: 503/],
    ['Deployment/shop/slow-start', 'POD_STARTUP_FAILED', 'critical', /startup budget/],
    ['Deployment/shop/flapping', 'POD_LIVENESS_FAILED', 'warning', /Liveness probe failed/],
    ['Deployment/shop/two-containers', 'POD_CRASH_LOOP', 'critical', /container proxy/],
    ['Deployment/data/init-crash', 'POD_INIT_FAILED', 'critical', /init container migrate/],
    ['Deployment/data/init-wait', 'POD_INIT_STUCK', 'critical', /wait-for-db/],
    ['Pod/data/evicted-0', 'POD_EVICTED', 'warning', /memory ran low/],
    ['Pod/data/evicted-1', 'POD_EVICTED', 'warning', /ephemeral-storage ran low/],
    ['Deployment/platform/mounts', 'POD_STUCK_CREATING', 'critical', /ConfigMap platform\/missing-config/],
    ['Deployment/platform/no-ip', 'POD_STUCK_CREATING', 'critical', /no IP address/],
    ['DaemonSet/platform/node-exporter', 'POD_STUCK_CREATING', 'warning', /node-009/],
    ['Pod/platform/finalizer', 'POD_TERMINATING_STUCK', 'warning', /example.com\/hold/],
    ['Pod/platform/stuck-terminating', 'POD_TERMINATING_STUCK', 'warning', /node does not end it/],
    ['Deployment/quota/over-quota', 'WORKLOAD_REPLICAS_REFUSED', 'warning', /used up its quota/],
    ['Deployment/tight/violates-psa', 'WORKLOAD_REPLICAS_REFUSED', 'critical', /Pod Security/],
    ['Pod/sched/gated', 'POD_SCHEDULING_GATED', 'info', /scheduling gate/],
    ['Pod/sched/needs-missing-pvc', 'POD_UNSCHEDULABLE', 'critical', /never-created does not exist/],
    ['Pod/sched/needs-pvc', 'POD_UNSCHEDULABLE', 'critical', /waits-csi is not bound/],
    ['Deployment/sched/no-gpu', 'POD_UNSCHEDULABLE', 'critical', /not enough nvidia.com\/gpu/],
    ['Pod/sched/other-scheduler', 'POD_NOT_SCHEDULED_SILENTLY', 'critical', /volcano/],
    ['Deployment/sched/too-big-cpu', 'POD_UNSCHEDULABLE', 'critical', /not enough cpu/],
    ['Deployment/sched/too-big-mem', 'POD_UNSCHEDULABLE', 'critical', /not enough memory/],
    ['Deployment/sched/wrong-selector', 'POD_UNSCHEDULABLE', 'critical', /disktype=nvme/],
    ['PersistentVolumeClaim/sched/no-class', 'PVC_PENDING', 'warning', /does-not-exist/],
    ['PersistentVolumeClaim/sched/waits-csi', 'PVC_PENDING', 'warning', /ebs.csi.aws.com/],
    ['Job/batch/import-fails', 'JOB_FAILED', 'warning', /BackoffLimitExceeded/],
    ['Job/batch/deadline', 'JOB_FAILED', 'warning', /DeadlineExceeded/],
    ['CronJob/batch/failing', 'CRONJOB_FAILING', 'warning', /never succeeded/],
    ['Node//node-006', 'NODE_CORDONED', 'info', /cordoned/],
    ['Node//node-007', 'NODE_PRESSURE', 'warning', /MemoryPressure/],
    ['Node//node-008', 'NODE_PRESSURE', 'warning', /DiskPressure/],
    ['Node//node-009', 'NODE_NOT_READY', 'critical', /stopped reporting/],
    ['Node//node-010', 'NODE_NOT_READY', 'critical', /not ready/],
    ['Service/shop/no-endpoints', 'SERVICE_SELECTS_NOTHING', 'warning', /nothing-has-this-label/],
    ['Service/shop/not-ready', 'SERVICE_NO_ENDPOINTS', 'info', /Deployment not-ready/],
    ['Ingress/shop/web', 'INGRESS_BACKEND_MISSING', 'warning', /ghost/],
    ['PodDisruptionBudget/shop/web', 'PDB_BLOCKS', 'info', /no disruption/],
    ['ResourceQuota/quota/q', 'QUOTA_EXHAUSTED', 'info', /pods/],
  ]

  it.each(expected)('%s: %s', (owner, rule, severity, words) => {
    const found = findings.filter((finding) => refKey(finding.owner) === owner && finding.rule === rule)
    expect(found.map((finding) => finding.severity)).toEqual([severity])
    expect([found[0]!.title, ...found[0]!.evidence].join('\n')).toMatch(words)
  })

  it('accuses nothing else', () => {
    const rollups = new Set(['WORKLOAD_UNAVAILABLE', 'WORKLOAD_ROLLOUT_STALLED'])
    const owners = new Set(expected.map(([owner]) => owner))
    const specific = findings
      .filter(({ rule }) => !rollups.has(rule))
      .map(({ owner, rule }) => `${refKey(owner)} ${rule}`)
    expect(specific.toSorted()).toEqual(expected.map(([owner, rule]) => `${owner} ${rule}`).toSorted())
    expect(findings.filter(({ owner }) => !owners.has(refKey(owner)))).toEqual([])
  })

  it('files each fault under its cause and nothing under another', () => {
    const under = (root: string) =>
      incidents.find((incident) => refKey(incident.root) === root)?.members.examples.slice(1)
    expect(under('Secret/payments/db-creds')).toEqual(['Deployment/payments/no-secret'])
    expect(under('Node//node-009')).toEqual(['DaemonSet/platform/node-exporter'])
    expect(under('Node//node-010')).toEqual([])
    expect(under('PersistentVolumeClaim/sched/waits-csi')).toEqual(['Pod/sched/needs-pvc'])
    expect(under('PersistentVolumeClaim/sched/never-created')).toEqual(['Pod/sched/needs-missing-pvc'])
    expect(under('StorageClass//does-not-exist')).toEqual(['PersistentVolumeClaim/sched/no-class'])
    expect(under('ResourceQuota/quota/q')).toEqual(['Deployment/quota/over-quota'])
    expect(
      incidents.filter(({ rule }) => rule.startsWith('WORKLOAD_UNAVAILABLE') || rule.startsWith('WORKLOAD_ROLLOUT')),
    ).toEqual([])
    expect(status).toBe('critical')
  })
})

describe.each(views)('homelab, %s', (view) => {
  it('has nothing to say about the healthy cluster', () => {
    const { incidents, status } = look('homelab-healthy', view)
    expect(incidents.filter(atLeast('warning'))).toEqual([])
    expect(status).toBe('healthy')
  })

  it('makes one incident of the rollout that lowered the memory limit', () => {
    const { incidents } = look('homelab-incident', view)
    const serious = incidents.filter(atLeast('warning'))
    expect(serious.map(({ rule, root }) => `${rule} ${refKey(root)}`)).toEqual([
      'POD_OOM_KILLED Deployment/chores-tracker/chores-tracker-backend',
      'POD_NOT_READY StatefulSet/vault/vault',
    ])
    expect(serious[0]).toMatchObject({ severity: 'critical', since: '2026-11-21T01:05:00Z' })
    expect(serious[0]!.affected).toContainEqual({
      kind: 'Deployment',
      namespace: 'chores-tracker',
      name: 'chores-tracker-backend',
      ready: 0,
      desired: 2,
    })
    expect(serious[0]!.members.examples).toContain('Application/argocd/chores-tracker')
  })
})

describe.each(views)('node down, %s', (view) => {
  it('is one incident with all that suffers under it', () => {
    const serious = look('node-down', view).incidents.filter(atLeast('warning'))
    expect(serious.map(({ root }) => root)).toEqual([{ kind: 'Node', namespace: '', name: 'node-003' }])
    const workloads = Array.from({ length: 6 }, (_, index) => `Deployment/bulk-0${index}/svc-000${index}`)
    expect(serious[0]!.members.examples).toEqual(expect.arrayContaining([...workloads, 'DaemonSet/data/node-agent']))
  })
})

interface Truth {
  file: string
  incidents: { root: ObjectRef; acceptableRoots: ObjectRef[]; members: string[]; severityAtLeast: Severity }[]
  clean: string[]
}
const truths = readRecording('scenarios/truth.json') as Truth[]

describe.each(views)('labelled scenarios, %s', (view) => {
  it.each(truths)('$file', ({ file, incidents: wanted, clean }) => {
    const { findings, incidents } = look(`scenarios/${file.replace('.json.gz', '')}`, view)
    const serious = incidents.filter(atLeast('warning'))
    const rows = wanted.map(({ root, acceptableRoots, members, severityAtLeast }) => {
      const roots = new Set([root, ...acceptableRoots].map(refKey))
      const found = serious.find((incident) => roots.has(refKey(incident.root)))
      return {
        root: found === undefined ? '' : refKey(found.root),
        missing: members.filter((member) => found?.members.examples.includes(member) !== true),
        severe: found !== undefined && atLeast(severityAtLeast)(found),
      }
    })
    const accused = new Set(findings.filter(atLeast('warning')).map(({ owner }: Finding) => refKey(owner)))

    process.stderr.write(
      `${view.padEnd(8)} ${file.padEnd(30)} ${rows.map(({ root }) => root).join(', ') || '(nothing)'}\n`,
    )
    expect(rows.map(({ missing, severe }) => ({ missing, severe }))).toEqual(
      wanted.map(() => ({ missing: [], severe: true })),
    )
    expect(serious).toHaveLength(wanted.length)
    expect(clean.filter((owner) => accused.has(owner))).toEqual([])
  })
})

describe('both views', () => {
  const names = [
    'mixed',
    'homelab-healthy',
    'homelab-incident',
    'node-down',
    ...truths.map(({ file }) => `scenarios/${file.replace('.json.gz', '')}`),
  ]

  it.each(names)('come to the same for %s, within the schema', (name) => {
    const [all, suspects] = views.map((view) => look(name, view))
    expect(suspects).toEqual(all)
    expect(all!.incidents.every((incident) => Incident.safeParse(incident).success)).toBe(true)
  })
})
