import { describe, expect, it } from 'vitest'
import { brief, run, service, workload } from './testing.ts'
import { servicePorts } from './service-ports.ts'

const to = (targetPort: number | string | undefined, protocol?: string) =>
  service('web', { app: 'web' }, { ports: [{ port: 80, targetPort, protocol }] })
const web = workload({ container: { ports: [{ name: 'http', containerPort: 8080 }] } })
const found = (one: object, deployments: object[] = [web]) => brief(run(servicePorts, { services: [one], deployments }))

describe('servicePorts', () => {
  it('tells a port name nothing declares, and notes a number nothing declares', () => {
    expect(found(to('https'))).toEqual(['SERVICE_PORT_UNRESOLVED warning Service/shop/web'])
    expect(found(to(9090))).toEqual(['SERVICE_PORT_UNDECLARED info Service/shop/web'])
    expect(found(to(8080, 'UDP'))).toEqual(['SERVICE_PORT_UNDECLARED info Service/shop/web'])
  })

  it.each<[string, object, object[]]>([
    ['a name', to('http'), [web]],
    ['a number', to(8080), [web]],
    ['containers that declare no port', to(9090), [workload()]],
    ['one of two workloads that fits', to('http'), [web, workload({ name: 'b', spec: web.spec ?? {} })]],
    ['a workload scaled to zero', to('https'), [workload({ desired: 0 })]],
    ['a Service without a selector', service('web', undefined, { ports: [{ port: 80, targetPort: 'x' }] }), [web]],
    ['a name outside the cluster', service('web', { app: 'web' }, { type: 'ExternalName' }), [web]],
  ])('leaves %s alone', (_name, one, deployments) => {
    expect(found(one, deployments)).toEqual([])
  })
})
