import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Where the bundle of a server lies. */
export function bundleOf(server: string): string {
  return fileURLToPath(new URL(`../../servers/${server}/dist/main.js`, import.meta.url))
}

export const bundle = bundleOf('kubernetes')

/** What a call came to: whether it is an error, its structure, its text and how long it took. */
export interface Answer {
  isError: boolean
  structured: Record<string, unknown>
  text: string
  millis: number
}

/** A bundled server in a process of its own, spoken to line by line so that nothing of a client is in what is measured. */
export interface BenchServer {
  /** Milliseconds from spawning to the answer of tools/list. */
  startMillis: number
  call: (tool: string, args: object) => Promise<Answer>
  /** Milliseconds that a ping takes. */
  ping: () => Promise<number>
  /** Most memory the process ever held, in megabytes; undefined where the system does not tell. */
  peakMegabytes: () => number | undefined
  close: () => Promise<void>
}

interface Message {
  id?: number
  result?: { isError?: boolean; structuredContent?: Record<string, unknown>; content?: { text?: string }[] }
  error?: { message: string }
}

/**
 * Starts the bundle as a desktop client would and asks for its tools.
 * @throws Error when it ends before it answered
 */
export async function startServer(kubeconfig: string, home: string, program = bundle): Promise<BenchServer> {
  const before = performance.now()
  const child = spawn(process.execPath, [program], {
    env: { HOME: home, PATH: process.env['PATH'] ?? '', KUBECONFIG: kubeconfig },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const waiting = new Map<number, PromiseWithResolvers<NonNullable<Message['result']>>>()
  createInterface(child.stdout).on('line', (line) => {
    const { id = -1, result, error } = JSON.parse(line) as Message
    const asked = waiting.get(id)
    waiting.delete(id)
    if (result === undefined) asked?.reject(new Error(error?.message ?? 'no result'))
    else asked?.resolve(result)
  })
  child.once('exit', (code) => {
    for (const asked of waiting.values()) asked.reject(new Error(`The server ended with ${code}.`))
  })
  let last = 0
  const ask = async (method: string, params: object) => {
    const asked = Promise.withResolvers<NonNullable<Message['result']>>()
    waiting.set((last += 1), asked)
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: last, method, params })}\n`)
    return asked.promise
  }

  const clientInfo = { name: 'bench', version: '1' }
  await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })
  child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
  await ask('tools/list', {})
  const startMillis = performance.now() - before

  return {
    startMillis,
    async call(tool, args) {
      const asked = performance.now()
      const {
        isError = false,
        structuredContent = {},
        content,
      } = await ask('tools/call', { name: tool, arguments: args })
      const text = content?.map((block) => block.text ?? '').join('') ?? ''
      return { isError, structured: structuredContent, text, millis: performance.now() - asked }
    },
    async ping() {
      const asked = performance.now()
      await ask('ping', {})
      return performance.now() - asked
    },
    peakMegabytes: () => peakOf(child.pid),
    async close() {
      const gone = once(child, 'exit')
      child.stdin.end()
      await gone
    },
  }
}

/** VmHWM, which Linux keeps for every process. */
function peakOf(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1000
  } catch {
    return undefined
  }
}
