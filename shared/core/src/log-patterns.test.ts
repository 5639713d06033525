import { describe, expect, it } from 'vitest'
import { logPatterns, maskVariables } from './log-patterns.ts'
import { levelOf } from './log-patterns/level.ts'

function lines(...texts: string[]) {
  return texts.map((text, index) => ({ time: new Date(1_800_000_000_000 + index * 1000).toISOString(), text }))
}

describe('maskVariables', () => {
  it.each([
    ['took 35ms, 1h30m, 0.5s', 'took <span>, <span>, <span>'],
    ['2026-11-21T01:05:31.123Z start', '<time> start'],
    ['21/Nov/2026:01:05:31 +0000', '<n>/Nov/<time> <n>'],
    ['01:05:31 hello', '<time> hello'],
    ['id 550e8400-e29b-41d4-a716-446655440000.', 'id <uuid>.'],
    ['dial tcp 10.96.0.53:5432: refused', 'dial tcp <ip>: refused'],
    ['from fe80::1ff:fe23:4567:890a', 'from <ip>'],
    ['at 0xdeadbeef and 3f2a9c1e7b', 'at <hex> and <hex>'],
    ['pod web-548444b8bf-x7trp, postgres-0', 'pod web-<pod>, postgres-<n>'],
    ['GET /api/items/39?page=2', 'GET /api/items/<n>?page=<n>'],
    ['-42 3.14 17% v1.2.3', '<n> <n> <n> v<n>'],
    ['nothing varies here', 'nothing varies here'],
    ['', ''],
  ])('masks %j', (text, masked) => {
    expect(maskVariables(text)).toBe(masked)
  })

  it('keeps the numbers that are the message', () => {
    expect(maskVariables('status=503 code: 137')).toBe('status=<=503> code: <=137>')
    expect(maskVariables('"GET /x HTTP/1.1" 404 8150')).toBe('"GET /x HTTP/<n>" <=404> <n>')
    expect(maskVariables('exit status 2')).toBe('exit status <=2>')
  })
})

describe('levelOf', () => {
  it.each([
    ['level=error msg="x"', 'error'],
    ['{"severity":"WARNING","msg":"x"}', 'warn'],
    ['2026-11-21 01:05:31 ERROR [main] x', 'error'],
    ['[info] ready', 'info'],
    ['E1121 01:05:31.123456 1 reflector.go:1] x', 'error'],
    ['I<n> <time> <n> controller.go:<n>] x', 'info'],
    ['panic: runtime error', 'fatal'],
    ['Traceback (most recent call last):', 'fatal'],
    ['java.lang.IllegalStateException: no', 'error'],
    ['ValueError: bad', 'error'],
    ['Error: connect ECONNREFUSED', 'error'],
    ['Caused by: java.io.IOException: x', 'error'],
    ['request served', undefined],
    ['no errors found', undefined],
  ])('reads %j as %s', (text, level) => {
    expect(levelOf(text)).toBe(level)
  })
})

describe('logPatterns', () => {
  it('folds lines that differ in variables, worst level first, with times and the latest wording', () => {
    const served = Array.from(
      { length: 50 },
      (_, index) => `level=info msg="served" path=/items/${index} dur=${index}ms`,
    )
    const patterns = logPatterns(lines(...served, 'level=error msg="cannot connect to 10.0.0.1:5432"'))
    expect(patterns).toMatchObject([
      { count: 1, level: 'error' },
      {
        count: 50,
        level: 'info',
        example: served.at(-1),
        first: '2027-01-15T08:00:00.000Z',
        last: '2027-01-15T08:00:49.000Z',
      },
    ])
  })

  it('tells status codes apart, and messages that differ in one word', () => {
    const patterns = logPatterns(
      lines(
        'served status=200 in 3ms',
        'served status=500 in 9ms',
        'cannot connect to database',
        'cannot connect to cache',
        'served status=200 in 4ms',
      ),
    )
    expect(patterns.map(({ count, example }) => `${count} ${example}`)).toEqual([
      '2 served status=200 in 4ms',
      '1 served status=500 in 9ms',
      '1 cannot connect to database',
      '1 cannot connect to cache',
    ])
  })

  it('joins lines of one shape whose words keep changing', () => {
    const names = 'abcdefghijklmnopqrstuvwxyz'.split('')
    const patterns = logPatterns(lines(...names.map((name) => `user ${name}${name}${name} logged in from the office`)))
    expect(patterns.length).toBeLessThan(10)
    expect(patterns[0]!.count).toBeGreaterThan(15)
  })

  it('keeps the head of a stack trace with its first frames, and its cause', () => {
    const patterns = logPatterns(
      lines(
        'java.lang.IllegalStateException: pool is gone',
        '\tat com.example.Pool.take(Pool.java:42)',
        '\tat com.example.Web.handle(Web.java:7)',
        '\tat com.example.Web.run(Web.java:9)',
        'Caused by: java.net.ConnectException: refused',
        '\tat java.net.Socket.connect(Socket.java:1)',
        '\t... 12 more',
        'panic: nil pointer',
        '',
        'goroutine 1 [running]:',
        'main.main()',
        '\t/app/main.go:42 +0x1d',
        'exit status 2',
      ),
      { stackLines: 2 },
    )
    expect(patterns.map(({ example, stack }) => [example, stack])).toEqual([
      ['panic: nil pointer', ['main.main()', '\t/app/main.go:42 +0x1d']],
      [
        'java.lang.IllegalStateException: pool is gone',
        ['\tat com.example.Pool.take(Pool.java:42)', '\tat com.example.Web.handle(Web.java:7)'],
      ],
      [
        'Caused by: java.net.ConnectException: refused',
        ['\tat java.net.Socket.connect(Socket.java:1)', '\t... 12 more'],
      ],
      ['exit status 2', undefined],
    ])
  })

  it('keeps a python traceback together and its last line apart', () => {
    const patterns = logPatterns(
      lines(
        'Traceback (most recent call last):',
        '  File "/app/x.py", line 3, in <module>',
        '    connect()',
        'ValueError: bad port',
      ),
    )
    expect(patterns.map(({ example, level }) => [level, example])).toEqual([
      ['fatal', 'Traceback (most recent call last):'],
      ['error', 'ValueError: bad port'],
    ])
  })

  it('needs no times and no lines', () => {
    expect(logPatterns([])).toEqual([])
    expect(logPatterns([{ text: '   ' }, { text: 'hello' }])).toEqual([{ count: 1, example: 'hello' }])
  })

  it('counts every line, and says so when there are more patterns than it holds', () => {
    const hostile = Array.from({ length: 5000 }, (_, index) => ({ text: letters(index).repeat(3) }))
    const patterns = logPatterns(hostile)
    expect(patterns.reduce((sum, { count }) => sum + count, 0)).toBe(5000)
    expect(patterns.find(({ mixed }) => mixed)?.count).toBe(2000)
  })

  it.each([
    [
      'ordinary lines',
      (index: number) =>
        `level=info ts=2026-11-21T01:05:31Z msg="served" path=/api/items/${index % 997} dur=${index % 89}ms`,
    ],
    ['no digits', () => 'a'.repeat(600)],
    ['digits and colons', () => '1:'.repeat(300)],
    ['a word of hex', () => `${'0a'.repeat(300)}z`],
    ['open brackets', () => '\u001B['.repeat(200)],
  ])('ends on %s, and accounts for every line', (_, text) => {
    const many = Array.from({ length: 10_000 }, (_unused, index) => ({ text: text(index) }))
    const patterns = logPatterns(many)
    expect(patterns.reduce((lines, { count }) => lines + count, 0)).toBe(many.length)
  })
})

function letters(number: number): string {
  return number
    .toString(26)
    .split('')
    .map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)))
    .join('')
}
