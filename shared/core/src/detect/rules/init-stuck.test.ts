import { describe, expect, it } from 'vitest'
import { minute } from '../../time.ts'
import { hostsOf } from '../hosts.ts'
import { initStuck } from './init-stuck.ts'
import { ago, brief, object, pod, run, waiting } from './testing.ts'

const command = ['sh', '-c', 'until nc -z -w 2 cache 6379; do echo waiting for cache:6379; sleep 5; done']
const waits = (age: number, restartPolicy?: string) =>
  pod({
    age,
    phase: 'Pending',
    ownerReferences: [{ kind: 'StatefulSet', name: 'web' }],
    status: waiting('PodInitializing'),
    init: {
      spec: { command, ...(restartPolicy === undefined ? {} : { restartPolicy }) },
      status: { state: { running: { startedAt: ago(age) } } },
    },
  })

describe('initStuck', () => {
  it('names the Service an init container waits for and that is not there', () => {
    const found = run(initStuck, { pods: [waits(20 * minute)] })
    expect(brief(found)).toEqual(['POD_INIT_STUCK critical StatefulSet/shop/web'])
    expect(found[0]!.links.causedBy).toEqual([{ kind: 'Service', namespace: 'shop', name: 'cache' }])
  })

  it('blames no Service that exists or that nobody could look for', () => {
    const pods = [waits(20 * minute)]
    expect(run(initStuck, { pods, services: [object('cache')] })[0]!.links.causedBy).toBeUndefined()
    expect(run(initStuck, { pods }, { services: 'forbidden' })[0]!.links.causedBy).toBeUndefined()
  })

  it('has patience, and leaves sidecars and Jobs their time', () => {
    const job = waits(20 * minute)
    job.metadata.ownerReferences = [{ kind: 'Job', name: 'import' }]
    expect(run(initStuck, { pods: [waits(3 * minute), waits(20 * minute, 'Always'), job] })).toEqual([])
  })

  it.each([
    ['redis://:secret@cache:6379/0', ['cache']],
    ['wget -qO- http://api.shop:8080/health', ['api.shop']],
    ['nslookup db.shop.svc.cluster.local', ['db.shop.svc.cluster.local']],
    ['pg_isready -h db -p 5432', ['db']],
    ['echo done; sleep 10', []],
  ])('finds the hosts of %s', (text, hosts) => {
    expect(hostsOf({ command: ['sh', '-c', text] })).toEqual(hosts)
  })
})
