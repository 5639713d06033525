/** Workloads of the recording `mixed`: one that is healthy, one that crashes. */
export const web = { kind: 'deploy', name: 'web', namespace: 'shop' }
export const ledger = { kind: 'deploy', name: 'ledger', namespace: 'payments' }
const kinds = ['pods', 'events', 'configmaps', 'deploy', 'nodes', 'jobs', 'pvc', 'hpa', 'quota', 'applications', 'rs']

/** Calls that between them show every planted place. */
export const calls: [tool: string, args: object][] = [
  ['list_contexts', {}],
  ['check_cluster_health', { minSeverity: 'info', limit: 50 }],
  ['check_cluster_health', { minSeverity: 'info', limit: 3 }],
  ['check_cluster_health', { minSeverity: 'info', hygiene: true, limit: 50, namespace: 'shop' }],
  ...[
    web,
    ledger,
    { kind: 'deploy', name: 'not-ready', namespace: 'shop' },
    { kind: 'deploy', name: 'badname', namespace: 'shop' },
    { kind: 'deploy', name: 'no-gpu', namespace: 'sched' },
    { kind: 'deploy', name: 'violates-psa', namespace: 'tight' },
    { kind: 'deploy', name: 'init-crash', namespace: 'data' },
    { kind: 'job', name: 'import-fails', namespace: 'batch' },
    { kind: 'pvc', name: 'no-class', namespace: 'sched' },
    { kind: 'pod', name: 'gated', namespace: 'sched' },
    { kind: 'pod', name: 'evicted-0', namespace: 'data' },
    { kind: 'hpa', name: 'web', namespace: 'shop' },
    { kind: 'cm', name: 'settings', namespace: 'shop' },
    { kind: 'node', name: 'node-009' },
    { kind: 'namespace', name: 'shop' },
  ].map((args): [string, object] => ['diagnose_resource', args]),
  ...['no-gpu', 'too-big-cpu', 'wrong-selector'].map((name): [string, object] => [
    'explain_scheduling',
    { kind: 'deploy', namespace: 'sched', name },
  ]),
  ...['gated', 'needs-missing-pvc', 'needs-pvc', 'other-scheduler'].map((name): [string, object] => [
    'explain_scheduling',
    { namespace: 'sched', name },
  ]),
  ...['patterns', 'lines'].flatMap((mode): [string, object][] => [
    ['get_logs', { ...web, mode }],
    ['get_logs', { ...ledger, mode, previous: true }],
    ['get_logs', { ...web, mode, tail: 3 }],
    ['get_logs', { ...web, mode, grep: 'PRIVATE' }],
    ['get_logs', { namespace: 'data', kind: 'deploy', name: 'init-crash', container: 'migrate', mode }],
  ]),
  ['list_events', { since: '1d', limit: 100 }],
  ['list_events', { since: '1d', limit: 20, namespace: 'shop' }],
  ['recommend_resources', { namespace: 'shop' }],
  ['list_rollouts', web],
  ['list_rollouts', ledger],
  ['get_resource_usage', { scope: 'nodes' }],
  ['get_resource_usage', { scope: 'pods', namespace: 'shop' }],
  ...kinds.map((kind): [string, object] => ['list_resources', { kind, limit: 200 }]),
  ...['summary', 'spec', 'status', 'all'].flatMap((part) =>
    [
      web,
      { kind: 'cm', name: 'settings', namespace: 'shop' },
      { kind: 'node', name: 'node-009' },
      { kind: 'pod', name: 'evicted-0', namespace: 'data' },
      { kind: 'job', name: 'import-fails', namespace: 'batch' },
    ].map((args): [string, object] => ['get_resource', { ...args, part }]),
  ),
]
