import { describe, expect, it } from 'vitest'
import { formatBytes, formatCores, formatResource, parseQuantity } from './quantity.ts'

describe('parseQuantity', () => {
  it.each([
    ['100m', 0.1],
    ['1', 1],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1Gi', 1_073_741_824],
    ['98340Ki', 98_340 * 1024],
    ['1500k', 1_500_000],
    ['1e3', 1000],
    ['1E3', 1000],
    ['1E', 1e18],
    ['250000000n', 0.25],
    ['0', 0],
    [' 2 ', 2],
  ])('reads %s', (text, expected) => {
    expect(parseQuantity(text)).toBeCloseTo(expected, 9)
  })

  it('takes numbers, which JSON may carry', () => {
    expect(parseQuantity(2)).toBe(2)
  })

  it.each(['', 'lots', '1K', '1 Gi', '1Gib', '--1', '1e', undefined])('refuses %s', (text) => {
    expect(parseQuantity(text)).toBeUndefined()
  })
})

describe('formatting', () => {
  it('writes cores and bytes as operators do', () => {
    expect([0.1, 2, 1.5, 0].map(formatCores)).toEqual(['100m', '2', '1500m', '0'])
    expect([512 * 2 ** 20, 1.5 * 2 ** 30, 1000, 0, -(2 ** 30)].map(formatBytes)).toEqual([
      '512Mi',
      '1.5Gi',
      '1000',
      '0',
      '-1Gi',
    ])
  })

  it('knows the unit of a resource', () => {
    expect(formatResource('ephemeral-storage', 2 ** 30)).toBe('1Gi')
    expect(formatResource('nvidia.com/gpu', 2)).toBe('2')
    expect(formatResource('cpu', 0.25)).toBe('250m')
  })
})
