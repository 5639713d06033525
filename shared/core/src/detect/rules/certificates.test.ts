import { describe, expect, it } from 'vitest'
import type { Condition } from '../../kubernetes.ts'
import { day, hour, minute } from '../../time.ts'
import { certificates } from './certificates.ts'
import { ago, brief, condition, custom, object, run, workload } from './testing.ts'

interface Dates {
  left?: number
  lifetime?: number
  /** Since when renewal was due; negative while it is to come. */
  renewal?: number
}

const ready = [condition('Ready', 'True', 60 * day)]
const certificate = (conditions: Condition[], dates: Dates = {}, status: object = {}) => {
  const { left, lifetime = 90 * day, renewal } = dates
  return custom('cert-manager.io/v1', 'Certificate', 'web', {
    spec: { secretName: 'web-tls', dnsNames: ['web.example.com'], issuerRef: { kind: 'ClusterIssuer', name: 'acme' } },
    status: {
      conditions,
      ...(left === undefined ? {} : { notAfter: ago(-left), notBefore: ago(lifetime - left) }),
      ...(renewal === undefined ? {} : { renewalTime: ago(renewal) }),
      ...status,
    },
  })
}
const found = (one: ReturnType<typeof certificate>, objects = {}) =>
  run(certificates, { customresources: [one], ...objects })

describe('certificates', () => {
  it.each([
    ['two weeks left and no renewal', { left: 13 * day, renewal: 17 * day }, 'CERTIFICATE_EXPIRING warning'],
    ['three days left', { left: 2 * day, renewal: 28 * day }, 'CERTIFICATE_EXPIRING critical'],
    ['no day left', { left: -hour, renewal: 30 * day }, 'CERTIFICATE_EXPIRING critical'],
    ['no renewal planned', { left: 10 * day }, 'CERTIFICATE_EXPIRING warning'],
    ['a renewal that did not come', { left: 25 * day, renewal: 5 * day }, 'CERTIFICATE_RENEWAL_OVERDUE warning'],
    [
      'a life of a day near its end',
      { left: 2 * hour, lifetime: day, renewal: 6 * hour },
      'CERTIFICATE_EXPIRING critical',
    ],
  ])('tells %s', (_name, dates, expected) => {
    expect(brief(found(certificate(ready, dates)))).toEqual([`${expected} Certificate/shop/web`])
  })

  it('tells what was never issued, why, and who waits for it', () => {
    const waits = condition('Ready', 'False', 2 * hour, 'DoesNotExist', 'Issuing certificate as Secret does not exist')
    const challenge = custom('acme.cert-manager.io/v1', 'Challenge', 'web-1', {
      spec: { type: 'HTTP-01', dnsName: 'web.example.com' },
      status: { state: 'pending', reason: 'wrong status code 404' },
    })
    const ingress = object('web', { spec: { tls: [{ secretName: 'web-tls', hosts: ['web.example.com'] }] } })
    const volumes = { volumes: [{ name: 'tls', secret: { secretName: 'web-tls' } }], containers: [] }
    const [one, ...more] = run(certificates, {
      customresources: [certificate([waits, condition('Issuing', 'True', 2 * hour)]), challenge],
      ingresses: [ingress],
      deployments: [workload({ spec: { template: { spec: volumes } } })],
    })
    expect(more).toEqual([])
    expect(brief([one!])).toEqual(['CERTIFICATE_NOT_READY warning Certificate/shop/web'])
    expect(one!.evidence.slice(1)).toEqual([
      'Challenge HTTP-01 for web.example.com: wrong status code 404',
      'Deployment shop/web uses its Secret web-tls',
      'Ingress shop/web serves web.example.com with it',
    ])
    expect(one!.links).toEqual({
      causedBy: [{ kind: 'ClusterIssuer', namespace: '', name: 'acme' }],
      makes: [{ kind: 'Secret', namespace: 'shop', name: 'web-tls' }],
    })
  })

  it.each([
    ['a good one', certificate(ready, { left: 60 * day, renewal: -30 * day })],
    ['one that lives for hours', certificate(ready, { left: 12 * hour, lifetime: day, renewal: -4 * hour })],
    ['one being renewed', certificate(ready, { left: 30 * day, renewal: 10 * minute })],
    [
      'one being issued',
      certificate([condition('Ready', 'False', 20 * minute), condition('Issuing', 'True', 20 * minute)]),
    ],
    ['one that was just made', certificate([condition('Ready', 'False', 5 * minute)])],
    ['one nobody looked at yet', certificate([])],
  ])('leaves %s alone', (_name, healthy) => {
    expect(found(healthy)).toEqual([])
  })
})
