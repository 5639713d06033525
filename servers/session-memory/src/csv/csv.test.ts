import { expect, test } from 'vitest'
import { readCsv } from './read.ts'
import { writeCsv } from './write.ts'

const at = '2026-11-21T10:00:00Z'
const readingsOf = (text: string) =>
  readCsv('home', text).series.map(({ metric, labels, points }) => [
    metric,
    labels['name'],
    ...points.map(({ value }) => value),
  ])

test.for([
  ['commas', `timestamp,pod,cpu\n${at},web,5\n`],
  ['semicolons', `timestamp;pod;cpu\n${at};web;5\n`],
  ['tabs', `timestamp\tpod\tcpu\n${at}\tweb\t5\n`],
  ['a byte order mark, Windows line ends and an empty line', `\uFEFFtimestamp,pod,cpu\r\n${at},web,5\r\n\r\n`],
  ['a head with quotes', `"timestamp","pod","cpu"\n${at},"web",5\n`],
] as const)('%s', ([, text]) => {
  expect(readingsOf(text)).toEqual([['cpu', 'web', 5]])
})

test('quotes within a cell', () => {
  expect(readingsOf(`timestamp,pod,cpu\n${at},"a ""b"", c",5\n`)).toEqual([['cpu', 'a "b", c', 5]])
})

test('a comma within a number is no separator where others are: the cell is left out and named', () => {
  expect(readCsv('home', `timestamp;pod;cpu\n${at};web;1,5\n`)).toEqual({
    series: [],
    problems: ['line 2, cpu: "1,5" is no quantity'],
  })
})

test.for(['web-0', '2026-02-30', 'yesterday', ''])('%j is no time', (time) => {
  expect(readCsv('home', `timestamp,pod,cpu\n${time},web,5\n`).problems).toEqual([`line 2: "${time}" is no time`])
})

const series = { id: 1, type: 'gauge' as const, unit: '', limit: null, metric: 'cpu', firstAt: 0, lastAt: 0 }
const written = (cluster: string, name: string, value: number) => ({
  series: { ...series, cluster, labels: { name } },
  points: [{ at: Date.parse(at), value, reading: value }],
})

test('what a spreadsheet would run is text', () => {
  const [, line] = writeCsv([written('home', '=HYPERLINK("http://example.com")', -5)])
  expect(line).toBe(`2026-11-21T10:00:00.000Z,"'=HYPERLINK(""http://example.com"")",-5\n`)
})

test('of several clusters each line says which; of one none does', () => {
  expect(writeCsv([written('home', 'web', 1)])[0]).toBe('timestamp,name,cpu\n')
  const lines = writeCsv([written('home', 'web', 1), written('work', 'web', 2)])
  expect(lines).toEqual([
    'timestamp,cluster,name,cpu\n',
    '2026-11-21T10:00:00.000Z,home,web,1\n',
    '2026-11-21T10:00:00.000Z,work,web,2\n',
  ])
  expect(readCsv('all', lines.join('')).series).toMatchObject([
    { labels: { cluster: 'home' } },
    { labels: { cluster: 'work' } },
  ])
})
