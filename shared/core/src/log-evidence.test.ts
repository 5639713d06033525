import { describe, expect, it } from 'vitest'
import { defaultDetectOptions, detect } from './detect/detect.ts'
import { ended, now, pod, service, slice, snapshotOf, waiting, workload, type Objects } from './detect/rules/testing.ts'
import { group } from './group.ts'
import type { Finding, Incident } from './incident.ts'
import { logsWanted, withLogEvidence, type ContainerLog } from './log-evidence.ts'
import { readSigns } from './log-evidence/read-signs.ts'
import { buildLookup } from './detect/lookup.ts'
import { servicesIn } from './log-evidence/hosts.ts'

const crashed = { ...waiting('CrashLoopBackOff'), restartCount: 5, lastState: ended(1, 'Error') }

function podOf(name: string, status = crashed) {
  return pod({
    name: `${name}-5d8c7b9f6d-abcde`,
    ownerReferences: [{ kind: 'ReplicaSet', name: `${name}-5d8c7b9f6d`, controller: true }],
    status,
  })
}

function down(...names: string[]): Objects {
  return { pods: names.map((name) => podOf(name)), deployments: names.map((name) => workload({ name, ready: 0 })) }
}

function logOf(name: string, ...lines: string[]): ContainerLog {
  const ref = { kind: 'Pod', namespace: 'shop', name: `${name}-5d8c7b9f6d-abcde` }
  return { pod: ref, container: 'app', lines }
}

function incidentsOf(objects: Objects, logs: readonly ContainerLog[]): Incident[] {
  const snapshot = snapshotOf(objects)
  const findings = withLogEvidence(detect(snapshot, defaultDetectOptions, now), logs, snapshot)
  return group(findings, snapshot).filter(({ severity }) => severity !== 'info')
}

function brief(incidents: readonly Incident[]): string[] {
  return incidents.map(({ rule, members }) => `${rule} ${members.examples.join(' ')}`)
}

describe('readSigns', () => {
  it.each([
    ['unreachable', 'Error: connect ECONNREFUSED 10.96.0.14:5432'],
    ['unreachable', 'dial tcp 10.96.0.14:5432: connect: connection refused'],
    ['unreachable', 'redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.'],
    ['unreachable', 'dial tcp 10.96.0.14:443: i/o timeout'],
    ['unreachable', "ERROR 2003 (HY000): Can't connect to MySQL server on 'mysql' (111)"],
    [
      'unreachable',
      'org.postgresql.util.PSQLException: Connection to db:5432 refused. Check that the hostname is correct',
    ],
    ['unresolved', 'dial tcp: lookup postgres on 10.96.0.10:53: no such host'],
    ['unresolved', 'Error: getaddrinfo EAI_AGAIN postgres.shop.svc.cluster.local'],
    ['unresolved', 'could not translate host name "db" to address: Name or service not known'],
    ['unresolved', 'java.net.UnknownHostException: kafka-0.kafka'],
    [
      'unresolved',
      'dial tcp: lookup api.shop.svc on 10.96.0.10:53: read udp 10.1.0.4:3421->10.96.0.10:53: i/o timeout',
    ],
    ['credentials', 'FATAL:  password authentication failed for user "shop"'],
    ['credentials', "Access denied for user 'root'@'10.42.0.7' (using password: YES)"],
    ['certificate', 'x509: certificate has expired or is not yet valid: current time 2026-11-21 is after'],
    ['certificate', 'SSL: CERTIFICATE_VERIFY_FAILED certificate verify failed: unable to get local issuer'],
    ['disk-full', 'PANIC:  could not write to file "pg_wal/xlogtemp.38": No space left on device'],
    ['memory', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
    ['memory', 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space'],
    ['port-taken', 'listen tcp :8080: bind: address already in use'],
    ['architecture', 'exec /usr/local/bin/app: exec format error'],
    [
      'permission',
      'pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods" in API group ""',
    ],
  ])('%s: %s', (kind, line) => {
    expect(readSigns(['starting', line, 'exiting']).map(({ sign }) => sign.kind)).toEqual([kind])
  })

  it.each(['GET /orders 200 12ms', 'connected to postgres:5432', 'listening on :8080', 'retry policy: timeout 5s', ''])(
    'nothing: %s',
    (line) => {
      expect(readSigns([line])).toEqual([])
    },
  )

  it('takes the newest of lines that differ in numbers only, and few in all', () => {
    const lines = Array.from({ length: 500 }, (_, index) => `attempt ${index}: connection refused`)
    expect(readSigns(lines).map(({ text }) => text)).toEqual(['attempt 499: connection refused'])
    expect(readSigns(['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `${letter}: connection refused`))).toHaveLength(4)
  })
})

describe('servicesIn', () => {
  const lookup = buildLookup(
    snapshotOf({
      services: [service('db', { app: 'db' }, { clusterIP: '10.96.0.14' })],
      namespaces: [{ metadata: { name: 'shop' } }, { metadata: { name: 'data' } }],
    }),
  )
  it.each([
    ['connect ECONNREFUSED 10.96.0.14:5432', 'shop/db'],
    ['dial tcp: lookup db on 10.96.0.10:53: no such host', 'shop/db'],
    ['Error 111 connecting to redis:6379. Connection refused.', 'shop/redis'],
    ['getaddrinfo ENOTFOUND postgres.data.svc.cluster.local', 'data/postgres'],
    ['could not translate host name "postgres.data" to address', 'data/postgres'],
    ["HTTPConnectionPool(host='api', port=80): Max retries exceeded", 'shop/api'],
    ["Can't connect to MySQL server on 'mysql' (111)", 'shop/mysql'],
  ])('%s', (line, expected) => {
    expect(servicesIn(line, 'shop', lookup).map(({ namespace, name }) => `${namespace}/${name}`)).toEqual([expected])
  })

  it.each(['dial tcp: lookup api.example.com on 10.96.0.10:53: no such host', 'connect ECONNREFUSED 192.0.2.1:443'])(
    'nothing of this cluster: %s',
    (line) => {
      expect(servicesIn(line, 'shop', lookup)).toEqual([])
    },
  )
})

describe('what a log explains', () => {
  it('files a crash under the database its log cannot reach', () => {
    const objects = {
      ...down('web', 'db'),
      services: [service('db', { app: 'db' })],
      endpointslices: [slice('db', [])],
    }
    const alone = incidentsOf(objects, [])
    const explained = incidentsOf(objects, [logOf('web', 'Error: connect ECONNREFUSED db:5432')])
    expect(alone).toHaveLength(2)
    expect(brief(explained)).toEqual(['POD_CRASH_LOOP Deployment/shop/db Deployment/shop/web Service/shop/db'])
  })

  it('names a Service that is not there, with the line as evidence', () => {
    const [incident] = incidentsOf(down('web'), [logOf('web', 'lookup ledger on 10.96.0.10:53: no such host')])
    expect(incident).toMatchObject({ rule: 'SERVICE_MISSING', root: { kind: 'Service', name: 'ledger' } })
    expect(incident?.evidence.join('\n')).toContain('Its log says: lookup ledger on 10.96.0.10:53: no such host')
    expect(incident?.causes[0]).toBe('Service shop/ledger does not exist, and it connects to it')
  })

  it('blames the DNS for three owners whose Services exist, not for two', () => {
    const names = ['web', 'cart', 'orders']
    const failing = down(...names)
    const objects = {
      ...failing,
      deployments: [...(failing.deployments ?? []), workload({ name: 'db' })],
      services: [service('db', { app: 'db' })],
      endpointslices: [slice('db', [true])],
    }
    const logs = names.map((name) => logOf(name, 'getaddrinfo EAI_AGAIN db'))
    expect(incidentsOf(objects, logs).map(({ rule, members }) => `${rule} ${members.count}`)).toEqual(['DNS_FAILING 4'])
    expect(incidentsOf(objects, logs.slice(1)).map(({ rule }) => rule)).not.toContain('DNS_FAILING')
  })

  it('says which permission lacks and how to look', () => {
    const line =
      'pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods" in API group "" in the namespace "shop"'
    const [incident] = incidentsOf(down('web'), [logOf('web', line)])
    expect(incident?.rule).toBe('POD_CRASH_LOOP')
    expect(incident?.nextSteps[0]).toBe('kubectl auth can-i list pods --as=system:serviceaccount:shop:web -n shop')
  })

  it('takes text of a log for data: one bounded line, secrets taken out, nothing found because of it alone', () => {
    const line = `connection refused \u001B[31m password=hunter2-secret ${'x'.repeat(5000)}`
    const [incident] = incidentsOf(down('web'), [logOf('web', line)])
    const said = incident?.evidence.find((text) => text.startsWith('Its log says')) ?? ''
    expect(said.length).toBeLessThan(400)
    expect(said).not.toContain('hunter2')
    expect(said).not.toContain('\u001B')
    expect(incidentsOf({ pods: [pod()] }, [{ ...logOf('web', 'connection refused'), pod: podRef() }])).toEqual([])
  })
})

describe('logsWanted', () => {
  it('asks for one pod an owner, the gravest first, and no more than it may', () => {
    const snapshot = snapshotOf({ ...down('web', 'db'), pods: [podOf('web'), podOf('db'), pod()] })
    const findings = detect(snapshot, defaultDetectOptions, now)
    expect(logsWanted(findings, 10).map(({ pod: ref, previous }) => `${ref.name} ${previous}`)).toEqual([
      'db-5d8c7b9f6d-abcde true',
      'web-5d8c7b9f6d-abcde true',
    ])
    expect(logsWanted(findings, 1)).toHaveLength(1)
    expect(
      logsWanted(
        findings.filter(({ rule }: Finding) => rule === 'WORKLOAD_UNAVAILABLE'),
        10,
      ),
    ).toEqual([])
  })
})

function podRef() {
  const { metadata } = pod()
  return { kind: 'Pod', namespace: metadata.namespace ?? '', name: metadata.name }
}
