import { day } from '../time.ts'

/** How far apart the readings of a series are, in milliseconds. */
export interface Gaps {
  /** 0 until there are two readings. */
  typical: number
  longest: number
  n: number
}

/** Weight of a new gap in the typical one. */
const weight = 0.1
/** A series is absent after so many typical gaps, and when it was silent for longer than ever by this factor. */
const timesTypical = 4
const timesLongest = 1.5
/** A series that came so seldom has no rhythm to miss. */
const leastGaps = 12
/** What has been away for longer is gone: a pod of an old rollout. */
const goneAfter = day

export function newGaps(): Gaps {
  return { typical: 0, longest: 0, n: 0 }
}

export function learnGap(gaps: Gaps, gap: number): void {
  gaps.n += 1
  gaps.typical += (gap - gaps.typical) * Math.max(weight, 1 / gaps.n)
  gaps.longest = Math.max(gaps.longest, gap)
}

/** Whether a series that was silent for `silence` milliseconds should have spoken: longer than it ever paused, and not for a day yet. */
export function isAbsent({ typical, longest, n }: Gaps, silence: number): boolean {
  return (
    n >= leastGaps &&
    silence > Math.max(timesTypical * typical, timesLongest * longest) &&
    silence < goneAfter + timesTypical * typical
  )
}
