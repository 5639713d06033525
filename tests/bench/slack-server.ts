import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const main = join(import.meta.dirname, '../../servers/slack/src/main.ts')

/** The slack server in a process of its own, spoken to by hand so that it can be killed in the middle of a word. */
export interface SlackServer {
  /** @throws Error when the server dies first, or when the tool answers with an error */
  call: <T = Record<string, unknown>>(tool: string, args: object) => Promise<T>
  /** SIGKILL: no time for a farewell. */
  kill: () => Promise<void>
  close: () => Promise<void>
}

interface Answer {
  id?: number
  result?: { isError?: boolean; structuredContent?: unknown; content?: { text?: string }[] }
  error?: { message: string }
}

/** Starts it and shakes hands. */
export async function startSlackServer(env: Record<string, string>): Promise<SlackServer> {
  const child = spawn(process.execPath, [main], { env, stdio: ['pipe', 'pipe', 'ignore'] })
  const gone = once(child, 'exit')
  const waiting = new Map<number, PromiseWithResolvers<NonNullable<Answer['result']>>>()
  let [last, isGone] = [0, false]
  createInterface(child.stdout).on('line', (line) => {
    const { id = -1, result, error } = JSON.parse(line) as Answer
    const asked = waiting.get(id)
    waiting.delete(id)
    if (result === undefined) asked?.reject(new Error(error?.message ?? 'no result'))
    else asked?.resolve(result)
  })
  // A write to a killed process fails on its own; the call hears of it by the exit.
  child.stdin.on('error', () => {})
  child.once('exit', () => {
    isGone = true
    for (const asked of waiting.values()) asked.reject(new Error('The server is gone.'))
  })

  function say(message: object): void {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  }

  async function ask(method: string, params: object) {
    const asked = Promise.withResolvers<NonNullable<Answer['result']>>()
    if (isGone) throw new Error('The server is gone.')
    waiting.set((last += 1), asked)
    say({ id: last, method, params })
    return asked.promise
  }

  const clientInfo = { name: 'bench', version: '1' }
  await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })
  say({ method: 'notifications/initialized' })
  return {
    async call<T>(tool: string, args: object) {
      const { isError, structuredContent, content } = await ask('tools/call', { name: tool, arguments: args })
      if (isError === true) throw new Error(content?.[0]?.text ?? 'error')
      return structuredContent as T
    },
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
    async close() {
      child.stdin.end()
      await gone
    },
  }
}
