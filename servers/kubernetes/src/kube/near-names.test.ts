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

  it('looks at the first letters of long names only', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `${'a'.repeat(240)}-${index}`)
    expect(nearNames('b'.repeat(250), many, 5)).toEqual([])
    expect(nearNames(`${'a'.repeat(80)}zzz`, many, 1)).toEqual([many[0]])
  })
})
