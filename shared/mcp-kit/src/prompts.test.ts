import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createServer } from './create-server.ts'
import { definePrompt, type Prompt } from './define-prompt.ts'

const greet = definePrompt({
  name: 'greet',
  title: 'Greet',
  description: 'Greets somebody',
  arguments: z.strictObject({
    who: z.string().max(30).describe('Whom'),
    times: z.coerce.number().int().min(1).max(3).default(1).describe('How often'),
  }),
  text: ({ who, times }) => `Say hello to ${who}. `.repeat(times),
})

async function connect(prompts?: () => Promise<readonly Prompt[]>): Promise<Client> {
  const server = createServer({
    name: 'test',
    version: '1',
    instructions: '',
    tools: () => Promise.reject(new Error('a prompt needs no tool')),
    createContext: () => ({}),
    ...(prompts === undefined ? {} : { prompts }),
  })
  const client = new Client({ name: 'test', version: '1' })
  const [a, b] = InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(a), client.connect(b)])
  return client
}

/** The text of one prompt as a client gets it. */
async function textOf(args: Record<string, string>, prompt: Prompt = greet): Promise<string> {
  const client = await connect(async () => [prompt])
  const { messages } = await client.getPrompt({ name: prompt.name, arguments: args })
  expect(messages).toHaveLength(1)
  const { content } = messages[0]!
  return content.type === 'text' ? content.text : ''
}

describe('prompts', () => {
  it('are listed with their arguments, imported once and not before', async () => {
    const prompts = vi.fn<() => Promise<readonly Prompt[]>>(async () => [greet])
    const client = await connect(prompts)
    expect(client.getServerCapabilities()).toHaveProperty('prompts')
    expect(prompts).not.toHaveBeenCalled()
    expect((await client.listPrompts()).prompts).toEqual([
      {
        name: 'greet',
        title: 'Greet',
        description: 'Greets somebody',
        arguments: [
          { name: 'who', description: 'Whom', required: true },
          { name: 'times', description: 'How often', required: false },
        ],
      },
    ])
    await client.listPrompts()
    expect(prompts).toHaveBeenCalledOnce()
  })

  it('are not promised by a server that has none', async () => {
    expect((await connect()).getServerCapabilities()).toEqual({ tools: {} })
  })

  it('take their arguments as text, and an empty one as absent', async () => {
    expect(await textOf({ who: 'Ann', times: '2' })).toBe('Say hello to Ann. Say hello to Ann. ')
    expect(await textOf({ who: 'Ann', times: ' ' })).toBe('Say hello to Ann. ')
  })

  it('refuse unfit and unknown arguments, and unknown prompts, by name', async () => {
    await expect(textOf({ times: '1' })).rejects.toThrow(/arguments of greet are not valid: who/)
    await expect(textOf({ who: 'Ann', times: '9' })).rejects.toThrow(/times/)
    await expect(textOf({ who: 'Ann', whom: 'Bob' })).rejects.toThrow(/whom/)
    const client = await connect(async () => [greet])
    await expect(client.getPrompt({ name: 'password=hunter2secret' })).rejects.toThrow(/password=<redacted:password>/)
    await expect(client.getPrompt({ name: 'gret' })).rejects.toThrow(/no prompt "gret".*greet/)
  })

  it('hand on no secret and no more than the budget', async () => {
    const text = await textOf({ who: 'password=hunter2secret' })
    expect(text).toContain('Say hello to password=<redacted:password>')
    expect(text).not.toContain('hunter2')
    const long = { ...greet, text: () => 'x'.repeat(50_000) }
    expect((await textOf({ who: 'Ann' }, long)).length).toBeLessThanOrEqual(20_000)
  })
})
