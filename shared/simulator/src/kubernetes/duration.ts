const minute = 60
const hour = 60 * minute

/**
 * An age as kubectl and the Table form write it: `119s`, `6m49s`, `3h5m`, `7d2h`, `2y3d`.
 * Follows HumanDuration of k8s.io/apimachinery/pkg/util/duration. Takes milliseconds.
 */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 2 * minute) return `${seconds}s`
  const minutes = Math.trunc(seconds / minute)
  if (minutes < 10) return two(minutes, 'm', seconds % minute, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.trunc(seconds / hour)
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.trunc(hours / 24)
  if (hours < 24 * 8) return two(days, 'd', hours % 24, 'h')
  if (hours < 24 * 365 * 2) return `${days}d`
  const years = Math.trunc(days / 365)
  if (hours < 24 * 365 * 8) return two(years, 'y', days % 365, 'd')
  return `${years}y`
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`
}

/** The age of an RFC 3339 time at `now` (milliseconds); `<unknown>` when there is no time. */
export function age(timestamp: string, now: number): string {
  return timestamp === '' ? '<unknown>' : humanDuration(now - Date.parse(timestamp))
}
