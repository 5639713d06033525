import { describe, expect, it } from 'vitest'
import { Policy, selects, ServiceCatalog, serviceOf } from './policy.ts'
import { minute } from './time.ts'

const service = (fields: object) => ({ name: 'shop', priority: 'P0', selectors: [{ namespace: 'shop' }], ...fields })

describe('the service catalog', () => {
  it('reads spans and fills what is left out', () => {
    const catalog = ServiceCatalog.parse({
      services: [service({ maxDowntime: '5m', known: [{ kind: 'slow-start', allow: '6m' }] })],
    })
    expect(catalog.services[0]).toMatchObject({
      maxDowntime: 5 * minute,
      dependsOn: [],
      known: [{ kind: 'slow-start', allow: 6 * minute, note: '' }],
    })
  })

  it.each([
    ['an unknown priority', service({ priority: 'P9' })],
    ['a span without a unit', service({ maxDowntime: '5' })],
    ['no selector', service({ selectors: [] })],
    ['a misspelt field', service({ maxDownTime: '5m' })],
    ['a repository without owner', service({ repository: { name: 'kubernetes' } })],
    ['a dependency nobody describes', service({ dependsOn: ['nowhere'] })],
  ])('refuses %s', (_what, bad) => expect(ServiceCatalog.safeParse({ services: [bad] }).success).toBe(false))

  it('refuses two services of one name', () => {
    expect(ServiceCatalog.safeParse({ services: [service({}), service({})] }).success).toBe(false)
  })

  it('gives an object to the first service that selects it', () => {
    const catalog = ServiceCatalog.parse({
      services: [service({ name: 'api', selectors: [{ namespace: 'shop', name: 'api-*' }] }), service({})],
    })
    expect(serviceOf(catalog, { kind: 'Deployment', namespace: 'shop', name: 'api-read' })?.name).toBe('api')
    expect(serviceOf(catalog, { kind: 'Deployment', namespace: 'shop', name: 'web' })?.name).toBe('shop')
    expect(serviceOf(catalog, { kind: 'Deployment', namespace: 'other', name: 'web' })).toBeUndefined()
  })
})

describe('selectors', () => {
  it('take * for any run and nothing else as a pattern', () => {
    const ref = { kind: 'Deployment', namespace: 'a.b', name: 'web-1' }
    expect(selects({ namespace: 'a*', kind: 'deployment' }, ref)).toBe(true)
    expect(selects({ namespace: 'a?b' }, ref)).toBe(false)
    expect(selects({ name: '*.*' }, ref)).toBe(false)
  })
})

describe('the policy', () => {
  it('has a default for everything', () => {
    expect(Policy.parse({}).channels['SEV-1']).toBe('#critical-alerts')
    expect(Policy.parse({})).toMatchObject({
      cadence: { 'SEV-1': 15 * minute, 'SEV-2': 30 * minute, brief: 180 * minute, repeat: 240 * minute },
      escalation: { 'SEV-1': 30 * minute, 'SEV-2': 120 * minute },
      storm: { over: 10, own: 5 },
      maintenance: [],
    })
    expect(Policy.parse({}).businessHours).toMatchObject({ from: '09:00', to: '17:00', timeZone: 'UTC' })
  })

  it('refuses a time zone that is none', () => {
    expect(Policy.safeParse({ businessHours: { timeZone: 'Mars/Olympus' } }).success).toBe(false)
  })
})
