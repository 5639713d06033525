import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { estimateTokens } from '../../shared/core/src/tokens.ts'
import { recordingsFolder } from '../../shared/simulator/src/kubernetes/recordings.ts'

interface Dump {
  lists: Record<string, { items: Record<string, unknown>[] }>
  logs: Record<string, string>
}

interface Table {
  columnDefinitions: { name: string }[]
  rows: { cells: unknown[] }[]
}

const dumps = ['homelab-incident', 'mixed', 'node-down'].map(
  (name) => JSON.parse(gunzipSync(readFileSync(join(recordingsFolder, `${name}.json.gz`))).toString('utf8')) as Dump,
)
const objects = dumps.flatMap(({ lists }) =>
  ['/api/v1/pods', '/apis/apps/v1/deployments'].flatMap((path) => lists[path]!.items.slice(0, 20)),
)

function yamlOf(value: unknown, depth = 0): string {
  const margin = '  '.repeat(depth)
  if (typeof value !== 'object' || value === null) return ` ${String(value)}\n`
  if (Array.isArray(value))
    return `\n${value.map((one) => `${margin}-${yamlOf(one, depth + 1).replace(/^\n\s*/, ' ')}`).join('')}`
  return `\n${Object.entries(value)
    .map(([key, one]) => `${margin}${key}:${yamlOf(one, depth + 1)}`)
    .join('')}`
}

/** Pods as `kubectl get pods -A` names them, a space between the columns: how far kubectl pads them depends on the longest name. */
function podTable({ lists }: Dump): string {
  return lists['/api/v1/pods']!.items.map((pod) => {
    const { namespace, name } = pod['metadata'] as { namespace: string; name: string }
    return `${namespace} ${name} 1/1 Running 0 (3m12s ago) 6d22h`
  }).join('\n')
}

function sum(texts: readonly string[]): number {
  return texts.reduce((total, text) => total + estimateTokens(text), 0)
}

// No vocabulary of a Claude model can be had offline. These are characters a token, counted once with the last public one.
test.for([
  ['logs', dumps.flatMap(({ logs }) => Object.values(logs)), 2.5],
  ['YAML', objects.map((object) => yamlOf(object)), 3.9],
  ['kubectl tables', dumps.map(podTable), 2.15],
] as const)('%s: the estimate is within 9 % of what was counted', ([, texts, counted]) => {
  const characters = texts.reduce((total, text) => total + text.length, 0)
  expect(Math.abs(sum(texts) / (characters / counted) - 1)).toBeLessThan(0.09)
})

test('JSON takes more than the YAML of the same objects, and padding little', () => {
  expect(sum(objects.map((object) => JSON.stringify(object)))).toBeGreaterThan(sum(objects.map((one) => yamlOf(one))))
  const table = JSON.parse(readFileSync(join(recordingsFolder, 'api/list-pods-table.json'), 'utf8')) as {
    response: { json: Table }
  }
  const rows = table.response.json.rows.map(({ cells }) => cells.map(String))
  const tight = rows.map((cells) => cells.join(' ')).join('\n')
  const padded = rows.map((cells) => cells.map((cell) => cell.padEnd(30)).join('')).join('\n')
  expect(padded.length / tight.length).toBeGreaterThan(2)
  expect(estimateTokens(padded) / estimateTokens(tight)).toBeLessThan(1.3)
})
