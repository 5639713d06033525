import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { CommonEnvironment, describeEnvironment, readEnvironment, stateHome } from './env.ts'

const schema = CommonEnvironment.extend({
  LIMIT: z.coerce.number().int().min(1).default(5).describe('How many'),
  API_TOKEN: z.string().startsWith('xoxb-', 'must start with xoxb-').optional().describe('Token'),
})

describe('readEnvironment', () => {
  it('takes defaults, and empty for unset', () => {
    expect(readEnvironment(schema, { LIMIT: '' })).toMatchObject({ LIMIT: 5, LOG_LEVEL: 'info' })
  })

  it('takes log levels as operators write them', () => {
    expect(readEnvironment(schema, { LOG_LEVEL: 'WARNING' }).LOG_LEVEL).toBe('warn')
  })

  it('names the variable, what it got and what it wants', () => {
    expect(() => readEnvironment(schema, { LIMIT: 'many', LOG_LEVEL: 'loud' })).toThrow(
      /LIMIT: got "many".*|LOG_LEVEL: got "loud"/,
    )
  })

  it('never shows a secret', () => {
    expect(() => readEnvironment(schema, { API_TOKEN: 'hunter2secret' })).toThrow(
      /API_TOKEN: got a value not shown, must start with xoxb-/,
    )
    expect(() => readEnvironment(schema, { API_TOKEN: 'hunter2secret' })).not.toThrow(/hunter2secret/)
  })
})

describe('stateHome', () => {
  it('prefers KUBEVIGIL_HOME, then the XDG state directory', () => {
    expect(stateHome({ KUBEVIGIL_HOME: '/data/kv', XDG_STATE_HOME: '/xdg' })).toBe('/data/kv')
    expect(stateHome({ XDG_STATE_HOME: '/xdg' })).toBe('/xdg/kubevigil')
    expect(stateHome({})).toMatch(/\.local\/state\/kubevigil$/)
  })
})

describe('describeEnvironment', () => {
  it('lists every variable', () => {
    expect(describeEnvironment(schema)).toContain('LIMIT')
  })
})
