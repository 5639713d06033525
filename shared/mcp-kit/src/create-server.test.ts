import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createServer } from './create-server.ts'
import { defineTool } from './define-tool.ts'
import { UserError } from './errors.ts'

interface Fakes {
  answer: () => unknown
}

const tool = defineTool<Fakes>()({
  name: 'get_thing',
  title: 'Get thing',
  description: 'Gets a thing',
  effect: 'read',
  input: z.strictObject({ limit: z.int().min(1).max(9).default(3).describe('How many') }),
  output: z.strictObject({ text: z.string() }),
  deadlineMs: 100,
  run: async (_args, { answer }) => ({ text: (await answer()) as string }),
})

async function connect(answer: () => unknown, createContext: () => Fakes = () => ({ answer })) {
  const input = z.strictObject({ name: z.string().describe('Which') })
  const writer = { ...tool, name: 'delete_thing', effect: 'destructive' as const, input }
  const server = createServer({ name: 'test', version: '1', instructions: '', tools: [tool, writer], createContext })
  const client = new Client({ name: 'test', version: '1' })
  const [a, b] = InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(a), client.connect(b)])
  return {
    list: async () => (await client.listTools()).tools,
    call: async (name: string, args: Record<string, unknown> = {}) => {
      const { content, structuredContent, isError } = CallToolResultSchema.parse(
        await client.callTool({ name, arguments: args }),
      )
      const [first] = content
      return { text: first?.type === 'text' ? first.text : '', structuredContent, isError }
    },
  }
}

describe('tools/list', () => {
  it('gives every hint from the effect and both schemas, without touching the context', async () => {
    const createContext = vi.fn<() => Fakes>(() => ({ answer: () => '' }))
    const [read, write] = await (await connect(() => '', createContext)).list()
    expect(read?.title).toBe('Get thing')
    expect(read?.annotations).toEqual({
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: true,
    })
    expect(write?.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true, idempotentHint: false })
    expect(read?.inputSchema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: { limit: { minimum: 1, maximum: 9 } },
    })
    expect(read?.outputSchema).toMatchObject({ type: 'object', required: ['text'] })
    expect(createContext).not.toHaveBeenCalled()
  })
})

describe('tools that are imported on first use', () => {
  it('are not imported to start, and once for all requests', async () => {
    const tools = vi.fn<() => Promise<(typeof tool)[]>>(async () => [tool])
    const server = createServer({
      name: 'test',
      version: '1',
      instructions: '',
      tools,
      createContext: () => ({ answer: () => 'x' }),
    })
    const client = new Client({ name: 'test', version: '1' })
    const [a, b] = InMemoryTransport.createLinkedPair()
    await Promise.all([server.connect(a), client.connect(b)])
    await client.ping()
    expect(tools).not.toHaveBeenCalled()
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['get_thing'])
    expect(await client.callTool({ name: 'get_thing' })).toMatchObject({ structuredContent: { text: 'x' } })
    expect(tools).toHaveBeenCalledOnce()
  })
})

describe('a call', () => {
  it('says the same in text and structure, without secrets', async () => {
    const { text, structuredContent } = await (await connect(() => 'password=hunter2secret')).call('get_thing')
    expect(structuredContent).toEqual({ text: 'password=<redacted:password>' })
    expect(JSON.parse(text)).toEqual(structuredContent)
  })

  it('refuses unknown and unfit arguments by name', async () => {
    const server = await connect(() => 'x')
    const unknown = await server.call('get_thing', { limt: 2 })
    expect(unknown.isError).toBe(true)
    expect(unknown.text).toMatch(/get_thing.*limt.*It takes: limit/)
    expect((await server.call('get_thing', { limit: 99 })).text).toContain('limit')
    expect((await server.call('delete_thing')).text).toMatch(/delete_thing.*name: is missing\. It takes: name/)
    expect((await server.call('delete_thing', { name: 7 })).text).toContain('name: Invalid input: expected string')
    expect((await server.call('no_such_tool')).text).toMatch(/no tool "no_such_tool".*get_thing, delete_thing/)
  })

  it('turns a UserError into its sentence and hint', async () => {
    const result = await (
      await connect(() => {
        throw new UserError('thing-missing', 'The thing is not there.', 'Make one.')
      })
    ).call('get_thing')
    expect(result).toMatchObject({ isError: true, text: 'The thing is not there. Make one.' })
  })

  it('turns any other error into one sentence without its stack or secrets', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const result = await (
      await connect(() => {
        throw new TypeError('boom token=abcdefgh12345678')
      })
    ).call('get_thing')
    expect(result.isError).toBe(true)
    expect(result.text).toMatch(/^get_thing failed unexpectedly: boom/)
    expect(result.text).not.toMatch(/create-server|at /)
    expect(stderr).toHaveBeenCalled()
    stderr.mockRestore()
  })

  it('ends at the deadline though the handler hangs', async () => {
    const { isError, text } = await (await connect(() => new Promise(() => {}))).call('get_thing')
    expect(isError).toBe(true)
    expect(text).toContain('did not finish within 0.1 s')
  })

  it('refuses a result over the budget instead of sending it', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const { isError, text } = await (await connect(() => 'x'.repeat(30_000))).call('get_thing')
    expect(isError).toBe(true)
    expect(text.length).toBeLessThan(300)
    stderr.mockRestore()
  })

  it('tries to make the context again after it failed', async () => {
    const createContext = vi
      .fn<() => Fakes>()
      .mockImplementationOnce(() => {
        throw new UserError('no-config', 'KUBECONFIG is not there.', 'Set it.')
      })
      .mockImplementation(() => ({ answer: () => 'ok' }))
    const server = await connect(() => '', createContext)
    expect((await server.call('get_thing')).text).toBe('KUBECONFIG is not there. Set it.')
    expect((await server.call('get_thing')).structuredContent).toEqual({ text: 'ok' })
  })
})
