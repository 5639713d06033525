import { connectServer, type ServerProcess } from '../../shared/mcp-kit/src/client.ts'
import { describeError } from '../../shared/mcp-kit/src/errors.ts'

/** How a server answered; `failure` says what to do. */
export type Answer = { name: string; tools: number } | { name: string; failure: string }

/** Starts a server as a client will, asks for its tools and stops it. */
export async function checkServer(process: Omit<ServerProcess, 'onLog'>, version: string): Promise<Answer> {
  const { name } = process
  try {
    // What it logs is told when it does not start, and is of no interest else.
    const server = await connectServer({ ...process, onLog() {} }, version)
    try {
      return { name, tools: (await server.listTools()).length }
    } finally {
      await server.close()
    }
  } catch (error) {
    return { name, failure: describeError(error) }
  }
}
