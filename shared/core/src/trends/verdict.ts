export const trendKinds = [
  'escalation',
  'degradation',
  'flapping',
  'recurring',
  'chronic',
  'recovery',
  'steady',
] as const
export type TrendKind = (typeof trendKinds)[number]
export type TrendConfidence = 'low' | 'medium' | 'high'

/** One thing that can be said of the course of a scope, with the numbers behind it. */
export interface TrendVerdict {
  verdict: TrendKind
  confidence: TrendConfidence
  /** In one sentence. */
  why: string
  numbers: Record<string, number>
  /** Fingerprints or services it is about; absent when it is about the whole scope. */
  about?: string[]
}
