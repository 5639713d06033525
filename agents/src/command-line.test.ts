import { hour } from '@kubevigil/core/time'
import { describe, expect, it } from 'vitest'
import { helpText, parseCommandLine } from './command-line.ts'

describe('parseCommandLine', () => {
  it('reads commands and options', () => {
    expect(parseCommandLine(['watch', '--every', '1h', '--engine', 'claude', '--json', '--context', 'prod'])).toEqual({
      command: 'watch',
      options: {
        context: 'prod',
        dump: undefined,
        engine: 'claude',
        json: true,
        dryRun: false,
        every: hour,
        cron: undefined,
      },
    })
    expect(parseCommandLine([]).command).toBe('help')
    expect(parseCommandLine(['health']).command).toBe('health')
  })

  it.each([
    [['look'], /no command "look"/],
    [['watch', '--every', '5s'], /no time span of at least 10s/],
    [['watch', '--every', '1h', '--cron', '0 * * * *'], /exclude each other/],
    [['cycle', '--engine', 'gpt'], /no engine "gpt"/],
    [['cycle', '--dry'], /Unknown option '--dry'/],
  ])('refuses %j', (args, why) => {
    expect(() => parseCommandLine(args)).toThrow(why)
  })

  it('tells every variable and exit status', () => {
    for (const word of ['ANTHROPIC_API_KEY', 'KUBEVIGIL_ENGINE', 'ENABLE_LONG_CONTEXT', '--cron', 'health', ' 3 '])
      expect(helpText()).toContain(word)
  })
})
