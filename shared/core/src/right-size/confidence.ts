export type Confidence = 'none' | 'low' | 'medium' | 'high'

/** How much of the past is known of a container. */
export interface History {
  /** Hours with samples. */
  hours: number
  /** Samples, over all its pods. */
  points: number
}

/** A day is the least after which a busy hour can have been seen; a hundred points is krr's own least. */
export const leastHours = 24
export const leastPoints = 100

/** Whether the past is known long enough to recommend anything. */
export function isEnough({ hours, points }: History): boolean {
  return hours >= leastHours && points >= leastPoints
}

/**
 * The Vertical Pod Autoscaler counts confidence in days of samples and widens its bounds by 1 + 1/days: half as much again after
 * two days, a seventh after a week. The words stand at such places; a week may miss a few hours.
 */
export function confidenceOf(history: History): Confidence {
  if (!isEnough(history)) return 'none'
  const days = history.hours / 24
  return days < 3 ? 'low' : days < 6.5 ? 'medium' : 'high'
}
