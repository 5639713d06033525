import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { incident } from '@kubevigil/core/assess/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { whole } from './tools/testing.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubevigil-main-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function start(environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url))], {
    env: { KUBEVIGIL_HOME: folder, ...environment },
    cwd: folder,
  })
  const lines: string[] = []
  let stderr = ''
  const waiting = new Map<number, (message: { result: Record<string, unknown> }) => void>()
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line)
    const message = JSON.parse(line) as { id: number; result: Record<string, unknown> }
    waiting.get(message.id)?.(message)
  })
  let id = 0
  return {
    child,
    lines,
    stderr: () => stderr,
    exit: once(child, 'close').then(([code]) => code as number | null),
    ask(method: string, params: object): Promise<{ result: Record<string, unknown> }> {
      const own = ++id
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: own, method, params })}\n`)
      return new Promise((resolve) => waiting.set(own, resolve))
    },
  }
}

test('a session over stdio: only JSON on stdout, a small list, gone within a second', async () => {
  const server = start()
  await server.ask('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  })
  server.child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
  const { result } = await server.ask('tools/list', {})
  const tools = result['tools'] as { name: string; outputSchema: object }[]
  expect(tools.map((tool) => tool.name)).toEqual([
    'assess_incidents',
    'compare_cycles',
    'detect_anomalies',
    'export_memory',
    'get_context',
    'get_incident',
    'get_memory_stats',
    'get_trends',
    'import_memory',
    'list_incidents',
    'prune_memory',
    'record_cycle',
    'record_metrics',
    'search_memory',
    'update_incident',
  ])
  expect(JSON.stringify(tools.map((tool) => ({ ...tool, outputSchema: undefined }))).length).toBeLessThan(12_800)

  const answer = await server.ask('tools/call', {
    name: 'assess_incidents',
    arguments: { cluster: 'home', coverage: whole, incidents: [incident('n8n', 0, 1)] },
  })
  expect(answer.result).toMatchObject({ structuredContent: { assessments: [{ state: 'new', priority: 'P1' }] } })

  server.child.stdin.end()
  expect(await server.exit).toBe(0)
  for (const line of server.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' })
})

test('a services file with a mistake stops the start, with a sentence', async () => {
  const services = join(folder, 'services.yaml')
  writeFileSync(services, 'services:\n  - { name: web, priority: P9, selectors: [{ name: web }] }\n')
  const server = start({ KUBEVIGIL_SERVICES: services })
  expect(await server.exit).toBe(2)
  expect(server.stderr()).toContain(
    `The file ${services} named by KUBEVIGIL_SERVICES is not valid: services.0.priority:`,
  )
  expect(server.lines).toEqual([])
})
