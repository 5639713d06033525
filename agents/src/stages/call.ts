import { UserError } from '@kubevigil/mcp-kit/errors'
import type { z } from 'zod'
import type { ServerName, Servers } from '../servers.ts'

/**
 * Calls a server's tool and checks that its answer has the shape the driver reads.
 * @throws UserError when the server does not run, the tool answers an error, or the answer is not what was agreed
 */
export async function callTool<S extends z.ZodType>(
  servers: Servers,
  name: ServerName,
  tool: string,
  args: object,
  answer: S,
  signal: AbortSignal,
): Promise<z.output<S>> {
  const server = servers[name]
  if (!('call' in server)) throw new UserError('server-missing', server.failure, '')
  const parsed = answer.safeParse(await server.call(tool, args, { signal }))
  if (parsed.success) return parsed.data
  const where = parsed.error.issues[0]
  throw new UserError(
    'bad-answer',
    `The ${name} server answered ${tool} in a form this driver does not know (${where?.path.join('.')}: ${where?.message}).`,
    'Run driver and servers of one version.',
  )
}
