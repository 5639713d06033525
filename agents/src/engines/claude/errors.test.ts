import { UserError } from '@kubevigil/mcp-kit/errors'
import { describe, expect, it } from 'vitest'
import { explainFailure } from './errors.ts'

const open = new AbortController().signal

/** What the SDK throws for an answer with an error status. */
function answered(status: number, headers: Record<string, string> = {}, requestID = 'req_1') {
  return Object.assign(new Error('body of the answer'), { status, headers: new Headers(headers), requestID })
}

describe('explainFailure', () => {
  it('waits as long as it is asked to, in seconds, by date, or a second', () => {
    expect(explainFailure(answered(429, { 'retry-after': '3600' }), open).retryAfterMs).toBe(3_600_000)
    const soon = new Date(Date.now() + 60_000).toUTCString()
    expect(explainFailure(answered(529, { 'retry-after': soon }), open).retryAfterMs).toBeGreaterThan(50_000)
    expect(explainFailure(answered(500), open).retryAfterMs).toBe(1000)
    expect(explainFailure(answered(503, { 'retry-after': 'soon' }), open).retryAfterMs).toBe(1000)
  })

  it.each([400, 401, 403, 404, 413, 422])('does not try %i again', (status) => {
    expect(explainFailure(answered(status), open)).toMatchObject({ retryAfterMs: null })
  })

  it('repeats nothing of what a gateway wrote', () => {
    const { error } = explainFailure(answered(401, {}, 'a long story, with spaces'), open)
    expect(`${error.message} ${error.hint}`).toBe('The Claude API refused the key (401). Check ANTHROPIC_API_KEY.')
  })

  it('tells a slow network from one that is not there, and both from its own stop', () => {
    class APIConnectionTimeoutError extends Error {}
    expect(explainFailure(new APIConnectionTimeoutError('x'), open)).toMatchObject({
      error: { code: 'claude-timeout' },
      retryAfterMs: null,
    })
    expect(explainFailure(new Error('Connection error.'), open)).toMatchObject({
      error: { code: 'claude-unreachable' },
      retryAfterMs: 500,
    })
    expect(explainFailure(new Error('x'), AbortSignal.abort()).error.code).toBe('claude-stopped')
  })

  it('leaves what is said already, and admits what it does not know', () => {
    const said = new UserError('x', 'Said.', '')
    expect(explainFailure(said, open).error).toBe(said)
    expect(explainFailure(new SyntaxError('Unexpected token <'), open).error.code).toBe('claude-answer')
    expect(explainFailure('nothing', open).error.code).toBe('claude-fault')
  })
})
