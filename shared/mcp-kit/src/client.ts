import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { describeError, UserError } from './errors.ts'

export interface ServerProcess {
  name: string
  command: string
  args: string[]
  /** All the server gets besides HOME, LOGNAME, PATH, SHELL, TERM and USER. */
  env: Record<string, string>
  /** Where its log lines go; inherited when absent. */
  onLog?: (line: string) => void
}

export interface ConnectedServer {
  name: string
  /**
   * Calls a tool and gives its structured content.
   * @throws UserError with the tool's own text when the result is an error, or when the server is gone
   */
  call: <T = Record<string, unknown>>(
    tool: string,
    args: object,
    options?: { signal?: AbortSignal; timeoutMs?: number },
  ) => Promise<T>
  listTools: () => Promise<
    { name: string; description?: string | undefined; inputSchema: object; annotations?: object | undefined }[]
  >
  close: () => Promise<void>
}

/** Starts a server as a desktop client would and connects to it. */
export async function connectServer(server: ServerProcess, version: string): Promise<ConnectedServer> {
  const transport = new StdioClientTransport({
    command: server.command,
    args: server.args,
    env: server.env,
    stderr: server.onLog === undefined ? 'inherit' : 'pipe',
  })
  const tail: string[] = []
  transport.stderr?.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n').filter(Boolean)) {
      tail.push(line)
      if (tail.length > 5) tail.shift()
      server.onLog?.(line)
    }
  })
  const client = new Client({ name: 'kubevigil', version })
  try {
    await client.connect(transport, { timeout: 15_000 })
  } catch (cause) {
    const said = tail.length > 0 ? ` It said: ${tail.join(' ')}` : ''
    throw new UserError(
      'server-did-not-start',
      `The ${server.name} server did not start: ${describeError(cause)}.${said}`,
      `Run it by hand to see why: ${server.command} ${server.args.join(' ')}`,
      { cause },
    )
  }
  return {
    name: server.name,
    async call<T>(
      tool: string,
      args: object,
      { signal, timeoutMs = 60_000 }: { signal?: AbortSignal; timeoutMs?: number } = {},
    ) {
      let result
      try {
        result = await client.callTool({ name: tool, arguments: { ...args } }, undefined, {
          timeout: timeoutMs,
          ...(signal === undefined ? {} : { signal }),
        })
      } catch (cause) {
        throw new UserError(
          'server-gone',
          `The ${server.name} server did not answer ${tool}: ${describeError(cause)}.`,
          'Its log on stderr says why.',
          { cause },
        )
      }
      if (result.isError === true) {
        const text = (result.content as { type: string; text?: string }[]).map((block) => block.text ?? '').join(' ')
        throw new UserError('tool-error', text, '')
      }
      return result.structuredContent as T
    },
    async listTools() {
      return (await client.listTools()).tools
    },
    close: () => client.close(),
  }
}
