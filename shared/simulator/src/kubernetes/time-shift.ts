import type { Json } from './json.ts'

const timestamp = /\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)/g

/**
 * Moves every RFC 3339 time inside a text by whole seconds. Fractions and the zone stay as written, so
 * `2026-11-21T01:05:31.774000000Z` keeps its nine digits.
 */
export function shiftText(value: string, seconds: number): string {
  if (seconds === 0 || !value.includes('T')) return value
  return value.replace(timestamp, (whole, instant: string, fraction: string | undefined, zone: string) => {
    const moved = new Date(Date.parse(`${instant}Z`) + seconds * 1000)
    if (Number.isNaN(moved.getTime())) return whole
    return `${moved.toISOString().slice(0, 19)}${fraction ?? ''}${zone}`
  })
}

/** A copy of a JSON value with all its times moved by whole seconds: fields, annotations, messages. */
export function shiftTimes<T extends Json | undefined>(value: T, seconds: number): T
export function shiftTimes(value: Json | undefined, seconds: number): Json | undefined {
  if (typeof value === 'string') return shiftText(value, seconds)
  if (Array.isArray(value)) return value.map((item) => shiftTimes(item, seconds))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, shiftTimes(child, seconds)]))
}
