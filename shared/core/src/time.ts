/** Instants are ISO 8601 strings in UTC at the edges and milliseconds since the epoch inside. */
export type Instant = string

/**
 * Milliseconds since the epoch, or undefined for an absent or unreadable instant: one that is not ISO 8601, or a day no calendar has,
 * for both of which Date.parse makes up a time (`web-0` is the year 2000 to it, 30 February is 2 March).
 */
export function toMillis(instant: string | null | undefined): number | undefined {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]|$)/.exec(instant ?? '') ?? []
  if (Number(date) > 28 && Number(date) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate())
    return undefined
  const millis = date === undefined ? Number.NaN : Date.parse(instant!)
  return Number.isNaN(millis) ? undefined : millis
}

/** The ISO form to whole seconds, as Kubernetes writes it. */
export function toInstant(millis: number): Instant {
  return new Date(millis).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** A span in words a person reads at a glance: `45s`, `12m`, `3h20m`, `2d4h`. */
export function humanSpan(millis: number): string {
  const total = Math.max(0, Math.round(millis / second))
  if (total < 120) return `${total}s`
  const minutes = Math.floor(total / 60)
  if (minutes < 120) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`
  const days = Math.floor(hours / 24)
  return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`
}

/**
 * Reads a span such as `90s`, `15m`, `2h`, `1d`, `1h30m` or `0m`.
 * @returns milliseconds, or undefined when the text is no span
 */
export function parseSpan(text: string): number | undefined {
  const units: Record<string, number> = { s: second, m: minute, h: hour, d: day }
  if (!/^(?:\d+(?:\.\d+)?[smhd])+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g))
    total += Number(amount) * units[unit as string]!
  return total
}
