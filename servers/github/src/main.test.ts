import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

function start(env: Record<string, string> = {}, args: string[] = []): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [main, ...args], { env: { PATH: process.env['PATH'] ?? '', ...env }, cwd: '/tmp' })
}

interface Message {
  id?: number
  result?: {
    tools?: { name: string }[]
    serverInfo?: { name: string }
    isError?: boolean
    content?: { text: string }[]
  }
}

test('speaks MCP over stdio without a token, says which variable a call needs, and ends when stdin does', async () => {
  const server = start({ GITHUB_REPOS: 'acme/deploy' })
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]()
  const ask = async (id: number, method: string, params: object): Promise<Message> => {
    server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
    const line = await lines.next()
    return JSON.parse(line.value as string) as Message
  }
  const hello = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } }
  expect((await ask(1, 'initialize', hello)).result?.serverInfo?.name).toBe('github')
  server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`)
  const listed = await ask(2, 'tools/list', {})
  expect(listed.result?.tools?.map(({ name }) => name)).toEqual([
    'correlate_incident',
    'plan_rollback',
    'open_change_pr',
    'upsert_incident_issue',
    'list_changes',
    'compare_revisions',
    'get_commit',
    'find_pull_requests',
    'get_file',
    'list_pipeline_runs',
    'search_code',
    'search_issues',
  ])
  const called = await ask(3, 'tools/call', { name: 'list_changes', arguments: { repository: 'acme/deploy' } })
  expect(called.result).toMatchObject({ isError: true })
  expect(called.result?.content?.[0]?.text).toContain('GITHUB_TOKEN is not set. Set it to')

  server.stdin.end()
  const [code] = (await once(server, 'exit')) as [number]
  expect(code).toBe(0)
})

test('a bad environment ends it with a sentence that names the variable', async () => {
  const server = start({ GITHUB_TOKEN: 'ghp_hidden', GITHUB_API_URL: 'http://ghe.example.com' })
  let said = ''
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(server, 'close')) as [number]
  expect(code).toBe(2)
  expect(said).toContain('GITHUB_API_URL')
  expect(said).not.toContain('ghp_hidden')
})
