import type { ApiRequest } from './request.ts'

/**
 * What a fault does to a request:
 * - `hang`: the connection stays open and nothing is ever answered;
 * - `delay`: the answer comes later by so many milliseconds;
 * - `answer`: a Status with this code instead of the real answer (401, 403, 429, 500, 503, …);
 * - `cut`: the connection breaks after so many bytes of the body.
 * A write that hangs, comes late or is cut has taken effect all the same; one that is answered with a Status has not.
 */
export type FaultEffect =
  | { kind: 'hang' }
  | { kind: 'delay'; milliseconds: number }
  | { kind: 'answer'; status: number; reason?: string; message?: string; retryAfterSeconds?: number }
  | { kind: 'cut'; afterBytes: number }

export interface FaultRule {
  /** Which requests it hits: all methods unless given. */
  method?: string
  /** A text the path (without the query) must contain, or a pattern it must match; every path unless given. */
  path?: string | RegExp
  /** How many requests it hits before it wears off; every one unless given. */
  times?: number
  effect: FaultEffect
}

/** The effect of the first rule that hits the request, counting down its `times`. */
export function takeFault(rules: FaultRule[], request: Pick<ApiRequest, 'method' | 'path'>): FaultEffect | undefined {
  const rule = rules.find((candidate) => hits(candidate, request))
  if (rule?.times !== undefined) rule.times -= 1
  return rule?.effect
}

function hits(rule: FaultRule, request: Pick<ApiRequest, 'method' | 'path'>): boolean {
  if (rule.times !== undefined && rule.times <= 0) return false
  if (rule.method !== undefined && rule.method !== request.method) return false
  if (rule.path === undefined) return true
  return typeof rule.path === 'string' ? request.path.includes(rule.path) : rule.path.test(request.path)
}
