import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../house/source-files.ts'

const servers = ['kubernetes', 'github', 'slack', 'session-memory'] as const

/** The tools each server must offer. Those that write to GitHub are listed and say how to switch writing on. */
const promised: Record<(typeof servers)[number], string[]> = {
  kubernetes: [
    'check_cluster_health',
    'diagnose_resource',
    'explain_scheduling',
    'get_logs',
    'get_resource',
    'get_resource_usage',
    'list_contexts',
    'list_events',
    'list_resources',
    'list_rollouts',
    'recommend_resources',
  ],
  github: [
    'compare_revisions',
    'correlate_incident',
    'find_pull_requests',
    'get_commit',
    'get_file',
    'list_changes',
    'list_pipeline_runs',
    'open_change_pr',
    'plan_rollback',
    'search_code',
    'search_issues',
    'upsert_incident_issue',
  ],
  slack: [
    'flush_outbox',
    'get_approval',
    'get_notification_status',
    'list_channels',
    'notify_digest',
    'notify_incident',
    'post_message',
    'read_channel',
    'request_approval',
    'resolve_incident',
  ],
  'session-memory': [
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
  ],
}

/** Characters of tools/list without output schemas: the kubernetes server's, and all four together. */
const kubernetesBudget = 8_000
const totalBudget = 40_000

interface ListedTool {
  name: string
  title?: string
  description: string
  inputSchema: { type: string; additionalProperties?: boolean; properties?: Record<string, { description?: string }> }
  outputSchema?: object
  annotations?: Record<string, unknown>
}

interface Session {
  tools: ListedTool[]
  /** Every line the server wrote to stdout. */
  lines: string[]
  exitedAfterMs: number
  code: number | null
}

/** Starts a server as a desktop client does, with nothing configured, asks for its tools, and closes stdin. */
async function session(name: string): Promise<Session> {
  const home = await mkdtemp(join(tmpdir(), 'kubevigil-contract-'))
  const child = spawn(process.execPath, [join(root, `servers/${name}/src/main.ts`)], {
    env: { HOME: home, PATH: '' },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const lines: string[] = []
  const answers = new Map<number, (result: Record<string, unknown>) => void>()
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line)
    const message = JSON.parse(line) as { id: number; result: Record<string, unknown> }
    answers.get(message.id)?.(message.result)
  })
  const ask = (id: number, method: string, params: object): Promise<Record<string, unknown>> =>
    new Promise((resolve) => {
      answers.set(id, resolve)
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
    })
  await ask(1, 'initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  })
  child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
  const { tools } = (await ask(2, 'tools/list', {})) as unknown as { tools: ListedTool[] }
  const closedAt = performance.now()
  child.stdin.end()
  const [code] = (await once(child, 'close')) as [number | null]
  return { tools, lines, exitedAfterMs: performance.now() - closedAt, code }
}

describe('the four servers over stdio, with nothing configured', () => {
  const sessions = new Map<string, Session>()
  beforeAll(async () => {
    for (const name of servers) sessions.set(name, await session(name))
  })
  afterAll(() => sessions.clear())

  describe.each(servers)('%s', (name) => {
    const of = (): Session => sessions.get(name)!

    it('offers the promised tools', () => {
      expect(
        of()
          .tools.map((tool) => tool.name)
          .toSorted(),
      ).toEqual(promised[name].toSorted())
    })

    it('has a file for each tool, named like it', async () => {
      const files = await readdir(join(root, `servers/${name}/src/tools`))
      for (const tool of of().tools) expect(files).toContain(`${tool.name.replaceAll('_', '-')}.ts`)
    })

    it('describes every tool and parameter, strictly, with all hints', () => {
      for (const tool of of().tools) {
        expect(tool.title, tool.name).toBeTruthy()
        expect(tool.description.length, tool.name).toBeLessThan(1024)
        expect(tool.inputSchema, tool.name).toMatchObject({ type: 'object', additionalProperties: false })
        expect(tool.outputSchema, tool.name).toMatchObject({ type: 'object' })
        const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = tool.annotations ?? {}
        for (const hint of [readOnlyHint, destructiveHint, idempotentHint, openWorldHint])
          expect(hint, tool.name).toBeTypeOf('boolean')
        for (const [parameter, schema] of Object.entries(tool.inputSchema.properties ?? {})) {
          expect(schema.description, `${tool.name}.${parameter}`).toBeTruthy()
        }
      }
    })

    it('writes nothing to stdout but the protocol', () => {
      for (const line of of().lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' })
    })

    it('is gone within a second of stdin closing', async () => {
      expect(of().code).toBe(0)
      // Other tests share the machine: the best of three tells what the server does and not what they do.
      const times = [of().exitedAfterMs]
      while (Math.min(...times) >= 1000 && times.length < 3) times.push((await session(name)).exitedAfterMs)
      expect(Math.min(...times)).toBeLessThan(1000)
    })
  })

  it('list in few characters', () => {
    expect(listedSize(sessions.get('kubernetes')!)).toBeLessThan(kubernetesBudget)
    expect([...sessions.values()].reduce((total, one) => total + listedSize(one), 0)).toBeLessThan(totalBudget)
  })
})

/** Characters of tools/list without output schemas, which clients do not put into the conversation. */
function listedSize({ tools }: Session): number {
  return JSON.stringify(tools.map((tool) => ({ ...tool, outputSchema: undefined }))).length
}
