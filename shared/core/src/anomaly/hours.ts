import { day } from '../time.ts'

/** What is usual at each hour of the day (UTC). */
export type Hours = HourOfDay[]

interface HourOfDay {
  centre: number
  /** Mean distance from the centre. */
  deviation: number
  /** Values both were learned from. */
  n: number
  /** Days it was seen on, and the last of them. */
  days: number
  lastDay: number
}

/** Days that an hour must have been seen on before its centre is believed: today's own values are no habit. */
const leastDays = 2
/** The least weight of a new value: what was usual is forgotten over some fifty values of the hour. */
const leastWeight = 0.02
/** A value counts as at most this many deviations off, once there are some: a spike is no habit. */
const mostDeviations = 3

export function newHours(): Hours {
  return Array.from({ length: 24 }, () => ({ centre: 0, deviation: 0, n: 0, days: 0, lastDay: 0 }))
}

/** How far a value lies from what is usual at its hour, then learns it; undefined while the hour is not known. */
export function hourResidual(hours: Hours, at: number, value: number): number | undefined {
  const usual = usualAt(hours, at)
  const slot = hours[slotOf(at)]!
  const today = Math.floor(at / day)
  if (today !== slot.lastDay) {
    slot.lastDay = today
    slot.days += 1
  }
  learn(slot, value)
  return usual === undefined ? undefined : value - usual
}

function learn(slot: HourOfDay, value: number): void {
  slot.n += 1
  const weight = Math.max(leastWeight, 1 / slot.n)
  const off = value - slot.centre
  const most = slot.n <= mostDeviations || slot.deviation === 0 ? Math.abs(off) : mostDeviations * slot.deviation
  // A distance counts for more than a move of the centre, so that an hour that grows rougher is learned.
  if (slot.n > 1) slot.deviation += weight * (Math.min(Math.abs(off), 2 * most) - slot.deviation)
  slot.centre += weight * Math.max(-most, Math.min(most, off))
}

/** What is usual at an hour; undefined while it is not known. */
export function usualAt(hours: Hours, at: number): number | undefined {
  const { centre, days, lastDay } = hours[slotOf(at)]!
  const before = days - (lastDay === Math.floor(at / day) ? 1 : 0)
  return before < leastDays ? undefined : centre
}

function slotOf(at: number): number {
  return new Date(at).getUTCHours()
}
