import { describe, expect, it } from 'vitest'
import { nearNames } from './near-names.ts'

describe('nearNames', () => {
  it.each([
    ['deploymet', ['pods', 'deployments', 'jobs'], ['deployments']],
    ['shpo', ['shop', 'data'], ['shop']],
    ['podz', ['pods', 'nodes', 'jobs'], ['pods']],
    ['web', ['web-6d5f-x1', 'api', 'web'], ['web', 'web-6d5f-x1']],
    ['web-548444b8bf-zzzzz', ['web-548444b8bf-bnrgp', 'api-548444b8bf-bnrgp'], ['web-548444b8bf-bnrgp']],
    ['xyz', ['pods', 'nodes'], []],
    ['', ['pods'], []],
  ])('finds near names of %j', (wanted, known, near) => {
    expect(nearNames(wanted, known, 5)).toEqual(near)
  })

  it('stays quick on long names and many of them', () => {
    const many = Array.from({ length: 4000 }, (_, index) => `${'a'.repeat(240)}-${index}`)
    const before = performance.now()
    nearNames('b'.repeat(250), many, 5)
    expect(performance.now() - before).toBeLessThan(2000)
  })
})
