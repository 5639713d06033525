import { describe, expect, it } from 'vitest'
import { ingresses } from './ingresses.ts'
import { brief, object, run, service } from './testing.ts'

const ingress = (backend: object) => object('web', { spec: { rules: [{ http: { paths: [{ backend }] } }] } })
const to = (name: string, port: object) => ingress({ service: { name, port } })
const services = [service('web', { app: 'web' })]

describe('ingresses', () => {
  it('tells backends and ports that are not there', () => {
    expect(brief(run(ingresses, { ingresses: [to('ghost', { number: 80 })], services }))).toEqual([
      'INGRESS_BACKEND_MISSING warning Ingress/shop/web',
    ])
    expect(run(ingresses, { ingresses: [to('web', { number: 8080 })], services })[0]!.title).toContain(
      'has no port 8080',
    )
  })

  it.each([
    ['a backend by number', to('web', { number: 80 }), {}],
    ['a backend by name', to('web', { name: 'http' }), {}],
    ['an action of the ALB controller', to('web', { name: 'use-annotation' }), {}],
    ['a resource backend', ingress({ resource: { kind: 'StorageBucket', name: 'x' } }), {}],
    ['Services nobody could read', to('ghost', { number: 80 }), { services: 'forbidden' }],
  ] as const)('leaves %s alone', (_name, one, gaps) => {
    expect(run(ingresses, { ingresses: [one], services }, gaps)).toEqual([])
  })
})
