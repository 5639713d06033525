import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../time.ts'
import { ingresses } from './ingresses.ts'
import { ago, brief, custom, object, run, type Objects } from './testing.ts'

const ingress = (spec: object, parts: { annotations?: object; address?: boolean; age?: number } = {}) =>
  object('web', {
    metadata: { creationTimestamp: ago(parts.age ?? hour), annotations: parts.annotations },
    spec,
    status: { loadBalancer: parts.address === true ? { ingress: [{ ip: '192.0.2.1' }] } : {} },
  })
const nginx = object('nginx', { metadata: { namespace: undefined } })
const byDefault = object('nginx', {
  metadata: { namespace: undefined, annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
})
const legacy = (name: string) => ({ annotations: { 'kubernetes.io/ingress.class': name } })
const found = (one: object, ingressclasses: object[] = [nginx], gaps = {}, more: Objects = {}) =>
  brief(run(ingresses, { ingresses: [one], ingressclasses, ...more }, gaps))

describe('classes of ingresses', () => {
  it('tells a class that does not exist, and the lack of any', () => {
    expect(found(ingress({ ingressClassName: 'haproxy' }))).toEqual(['INGRESS_CLASS_MISSING warning Ingress/shop/web'])
    expect(found(ingress({ ingressClassName: 'haproxy' }), [])).toHaveLength(1)
    expect(found(ingress({}))).toEqual(['INGRESS_CLASS_MISSING warning Ingress/shop/web'])
    expect(found(ingress({}, legacy('haproxy')))).toEqual(['INGRESS_CLASS_MISSING info Ingress/shop/web'])
  })

  it.each<[string, object, object[], object]>([
    ['a class that exists', ingress({ ingressClassName: 'nginx' }), [nginx], {}],
    ['no class where one is the default', ingress({}), [byDefault], {}],
    ['no class where there are none (GKE)', ingress({}), [], {}],
    ['the class gce by annotation', ingress({}, legacy('gce')), [nginx], {}],
    ['the class gce-internal by annotation', ingress({}, legacy('gce-internal')), [nginx], {}],
    ['one that somebody serves', ingress({}, { address: true }), [nginx], {}],
    ['one made a moment ago', ingress({ ingressClassName: 'haproxy' }, { age: minute }), [nginx], {}],
    ['classes nobody could read', ingress({ ingressClassName: 'haproxy' }), [], { ingressclasses: 'forbidden' }],
  ])('leaves %s alone', (_name, one, classes, gaps) => {
    expect(found(one, classes, gaps)).toEqual([])
  })
})

describe('TLS Secrets of ingresses', () => {
  const tls = ingress({ ingressClassName: 'nginx', tls: [{ hosts: ['a.example.com'], secretName: 'web-tls' }] })

  it('tells one that does not exist, and what should have made it', () => {
    const certificate = custom('cert-manager.io/v1', 'Certificate', 'web', { spec: { secretName: 'web-tls' } })
    const objects = {
      ingresses: [tls],
      ingressclasses: [nginx],
      secrets: [object('db')],
      customresources: [certificate],
    }
    const [first] = run(ingresses, objects)
    expect(first).toMatchObject({ rule: 'INGRESS_TLS_SECRET_MISSING', severity: 'warning' })
    expect(first!.links.causedBy).toEqual([{ kind: 'Certificate', namespace: 'shop', name: 'web' }])
  })

  it.each<[string, object[], object]>([
    ['that exists', [object('web-tls')], {}],
    ['where Secrets may not be listed', [], { secrets: 'forbidden' }],
    ['where Secrets are hidden', [], {}],
  ])('leaves one alone %s', (_name, secrets, gaps) => {
    expect(found(tls, [nginx], gaps, { secrets })).toEqual([])
  })
})
