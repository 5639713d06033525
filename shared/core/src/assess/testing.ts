import { fingerprint } from '../fingerprint.ts'
import type { Incident } from '../incident.ts'
import { ServiceCatalog, type Sev } from '../policy.ts'
import type { RememberedIncident, Told } from '../remember.ts'
import { toInstant } from '../time.ts'

/** Test material for judging and remembering: a homelab's catalog and incidents on it. Thursday, 14:00 UTC. */
export const now = Date.parse('2026-11-19T14:00:00Z')

/** The instant `ago` milliseconds before `now`. */
export function justNow(ago: number): string {
  return toInstant(now - ago)
}

function service(name: string, priority: string, rest: object = {}): object {
  return { name, priority, selectors: [{ name }], ...rest }
}

/** The services of the homelab that the project's first operator runs. */
export const seedCatalog = ServiceCatalog.parse({
  services: [
    service('chores-tracker-backend', 'P0', {
      impact: 'Nobody can see their chores.',
      dependsOn: ['mysql'],
      owners: ['ari'],
      known: [{ kind: 'slow-start', allow: '6m', note: 'initialDelaySeconds 300 to 360' }],
    }),
    service('chores-tracker-frontend', 'P0', { dependsOn: ['chores-tracker-backend'] }),
    service('mysql', 'P0', { layer: 'data', owners: ['data team'], known: [{ kind: 'single-replica' }] }),
    service('n8n', 'P0', { dependsOn: ['vault'] }),
    service('oncall-agent', 'P0', { maxDowntime: '5m' }),
    service('nginx-ingress', 'P0', { layer: 'ingress', selectors: [{ namespace: 'ingress-nginx' }] }),
    service('vault', 'P1', { known: [{ kind: 'manual-unseal', note: 'a person unseals it after each restart' }] }),
    service('cert-manager', 'P1'),
    service('loki', 'P2'),
    service('cache', 'P3', { layer: 'data' }),
    service('whoami-test', 'P3'),
  ],
})

/** An incident on one workload; for kinds without replicas leave `ready` and `desired` null and no workload is affected. */
export function incident(
  name: string,
  ready: number | null,
  desired: number | null,
  rest: Partial<Incident> & { kind?: string; namespace?: string } = {},
): Incident {
  const { kind = 'Deployment', namespace = 'default', rule = 'POD_NOT_READY', ...fields } = rest
  const root = { kind, namespace, name }
  const isWorkload = namespace !== ''
  return {
    fingerprint: fingerprint(kind, namespace, name, rule),
    rule,
    severity: 'critical',
    title: `${kind} ${name}: ${rule}`,
    root,
    since: justNow(60_000),
    members: { count: 1, examples: [`${kind}/${namespace}/${name}`] },
    affected: isWorkload ? [{ ...root, ready, desired }] : [],
    evidence: ['pod is not ready'],
    causes: ['something is wrong'],
    nextSteps: ['kubectl describe it'],
    ...fields,
  }
}

/** A message as memory would hold it. */
export function toldAt(at: string, sev: Sev = 'SEV-2', rest: Partial<Told> = {}): Told {
  const channel = sev === 'SEV-1' ? '#critical-alerts' : '#infrastructure-alerts'
  return { at, channel, ts: '1.2', sev, since: at, escalatedAt: null, ...rest }
}

/** An incident as memory would hold it: open, SEV-2, told an hour ago with a message of its own. */
export function remembered(of: Incident, rest: Partial<RememberedIncident> = {}): RememberedIncident {
  const { fingerprint, rule, title, root, members, since } = of
  const told = rest.told === undefined ? toldAt(justNow(3_600_000)) : rest.told
  return {
    fingerprint,
    rule,
    title,
    root,
    members,
    since,
    service: null,
    priority: 'P0',
    sev: 'SEV-2',
    impact: '',
    owners: [],
    openedAt: justNow(3_600_000),
    lastSeen: justNow(600_000),
    resolvedAt: null,
    told,
    whole: told === null ? null : { at: told.at, sev: told.sev, form: 'full' },
    raised: null,
    looks: '01',
    flapping: false,
    unread: [],
    ...rest,
  }
}
