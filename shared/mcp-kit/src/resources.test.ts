import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createServer } from './create-server.ts'
import { defineTool, type Tool } from './define-tool.ts'
import type { Resource } from './define-resource.ts'
import { UserError } from './errors.ts'

const getThing = defineTool<object>()({
  name: 'get_thing',
  title: 'Get thing',
  description: 'Gets a thing',
  effect: 'read',
  input: z.strictObject({ id: z.string().max(5).optional() }),
  output: z.strictObject({ text: z.string() }),
  async run({ id = 'all' }) {
    if (id === 'gone') throw new UserError('thing-gone', 'The thing is gone.', 'Make one.')
    return { text: `${id} password=hunter2secret` }
  },
})

const things: readonly Resource[] = [
  {
    uri: 'test://things/{id}',
    name: 'thing',
    title: 'Thing',
    description: 'One thing',
    tool: 'get_thing',
    arguments: ({ id }) => ({ id }),
  },
  {
    uri: 'test://things/all',
    name: 'things',
    title: 'Things',
    description: 'All things',
    tool: 'get_thing',
    arguments: () => ({}),
  },
]

async function connect(resources: readonly Resource[] | undefined = things) {
  const tools = vi.fn<() => Promise<readonly Tool<object>[]>>(async () => [getThing])
  const server = createServer({
    name: 'test',
    version: '1',
    instructions: '',
    tools,
    createContext: () => ({}),
    ...(resources.length === 0 ? {} : { resources }),
  })
  const client = new Client({ name: 'test', version: '1' })
  const [a, b] = InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(a), client.connect(b)])
  return { client, tools }
}

/** What a resource says, as a client gets it. */
async function read(uri: string): Promise<unknown> {
  const { contents } = await (await connect()).client.readResource({ uri })
  expect(contents).toMatchObject([{ uri, mimeType: 'application/json' }])
  const [only] = contents
  return JSON.parse(only !== undefined && 'text' in only ? only.text : '')
}

describe('resources', () => {
  it('are listed, addresses and templates apart, without their tools', async () => {
    const { client, tools } = await connect()
    expect((await client.listResources()).resources).toEqual([
      {
        uri: 'test://things/all',
        name: 'things',
        title: 'Things',
        description: 'All things',
        mimeType: 'application/json',
      },
    ])
    expect((await client.listResourceTemplates()).resourceTemplates).toMatchObject([
      { uriTemplate: 'test://things/{id}', name: 'thing' },
    ])
    expect(tools).not.toHaveBeenCalled()
  })

  it('are not promised by a server that has none', async () => {
    expect((await connect([])).client.getServerCapabilities()).toEqual({ tools: {} })
  })

  it('say what the tool answers, without secrets; an address before a template that fits it too', async () => {
    expect(await read('test://things/all')).toEqual({ text: 'all password=<redacted:password>' })
    expect(await read('test://things/one')).toEqual({ text: 'one password=<redacted:password>' })
  })

  it('fail as the tool fails, in its words', async () => {
    await expect(read('test://things/gone')).rejects.toThrow('The thing is gone. Make one.')
    await expect(read('test://things/much-too-long')).rejects.toThrow(/arguments of get_thing are not valid: id/)
    await expect(read('test://nothing?password=hunter2secret')).rejects.toThrow(/password=<redacted:password>/)
    await expect(read('test://nothing')).rejects.toThrow(
      /no resource test:\/\/nothing.*test:\/\/things\/\{id\}, test:\/\/things\/all/,
    )
  })
})
