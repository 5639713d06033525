import { describe, expect, it } from 'vitest'
import { describeError } from '@kubevigil/mcp-kit/errors'
import { fromNetwork, fromStatus, noCredentials, timedOut } from './errors.ts'

describe('what the API refuses', () => {
  it.each([
    [401, 'unauthorized', /credentials of context "home"/],
    [403, 'forbidden', /pods is forbidden.*Grant the right/],
    [404, 'not-found', /Not found: pods is forbidden/],
    [410, 'expired', /List again from the start/],
    [400, 'invalid', /refused the request/],
    [503, 'server', /answered 503 for \/api\/v1\/pods:/],
  ])('words a %i as %s', (status, failure, text) => {
    const body = JSON.stringify({ kind: 'Status', message: 'pods is forbidden.' })
    const error = fromStatus(status, body, '/api/v1/pods?limit=5', 'home')
    expect(error).toMatchObject({ failure, status, code: `kubernetes-${failure}` })
    expect(describeError(error)).toMatch(text)
  })

  it('quotes a proxy page without its tags, and bounded', () => {
    const error = fromStatus(502, `<html><b>Bad gateway</b>${'x'.repeat(5000)}</html>`, '/api', 'home')
    expect(error.message).toContain('Bad gateway')
    expect(error.message.length).toBeLessThan(250)
  })

  it('says something when the body says nothing', () => {
    expect(fromStatus(400, '', '/api', 'home').message).toBe('The API server refused the request: it does not say why.')
    expect(fromStatus(403, '', '/api/v1/nodes?limit=1', 'home').message).toBe('Not allowed: /api/v1/nodes.')
  })
})

describe('what fails below HTTP', () => {
  it('names the server and the reason', () => {
    const refused = fromNetwork(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'https://10.0.0.1:6443')
    expect(refused).toMatchObject({ failure: 'unreachable' })
    expect(refused.message).toBe('The API server https://10.0.0.1:6443 cannot be reached: the connection is refused.')
    expect(timedOut('https://10.0.0.1:6443', '/api/v1/pods?limit=5', 10_000).message).toContain(
      'did not answer /api/v1/pods within 10 s',
    )
  })

  it('bounds what an exec plugin wrote', () => {
    const error = noCredentials(new Error(`sso expired\n${'x'.repeat(1000)}`), 'home')
    expect(error.message).toContain('The credentials of context "home" cannot be had: sso expired xxx')
    expect(error.message.length).toBeLessThan(300)
  })
})
