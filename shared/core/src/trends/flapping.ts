/** Looks whose changes count, as in Nagios, and the shares of change at which flapping starts and stops. */
export const flapLooks = 21
const startsAbove = 20
const stopsBelow = 5
/** Two short outages in a day are two outages; it takes a third begin to call it flapping. */
const leastBegins = 3

interface Flapping {
  flapping: boolean
  /** Weighted share of changes in the last 21 looks, in percent. */
  percent: number
  /** How often it began in them. */
  begins: number
}

/**
 * Nagios's rule, replayed over all looks because it has hysteresis: of the last 21 states each change counts from 0.8 (oldest) to
 * 1.2 (newest); flapping starts above 20 % and stops below 5 %. Before the first look it counts as it was then.
 * @param open whether something was open, look by look, oldest first
 */
export function flappingOf(open: readonly boolean[]): Flapping {
  let state: Flapping = { flapping: false, percent: 0, begins: 0 }
  for (let end = 1; end <= open.length; end++)
    state = flapsAfter(open.slice(Math.max(0, end - flapLooks), end), state.flapping)
  return state
}

/**
 * The same for one more look, when it is known whether it flapped at the look before.
 * @param open the last looks, this one included, oldest first; more than 21 are of no use
 */
export function flapsAfter(open: readonly boolean[], flapped: boolean): Flapping {
  const first = flapLooks - Math.min(flapLooks, open.length)
  const recent = open.slice(-flapLooks)
  let weighted = 0
  let begins = 0
  for (let at = 1; at < recent.length; at++) {
    if (recent[at] === recent[at - 1]) continue
    weighted += 0.8 + (0.4 * (first + at - 1)) / (flapLooks - 2)
    if (recent[at] === true) begins++
  }
  const percent = (100 * weighted) / (flapLooks - 1)
  const starts = percent > startsAbove && begins >= leastBegins
  return { flapping: starts || (flapped && percent >= stopsBelow), percent, begins }
}
