import { Writable } from 'node:stream'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { config as configureZod, type z } from 'zod'
import { createServer, type ServerDefinition } from './create-server.ts'
import { describeEnvironment } from './env.ts'
import { describeError, UserError } from './errors.ts'
import { log, setLogLevel, type LogLevel } from './log.ts'

export interface StdioServer<Config extends { LOG_LEVEL: LogLevel }, Context> extends Omit<
  ServerDefinition<Context>,
  'createContext'
> {
  /** The variables the server reads, for --help. */
  environment: z.ZodObject
  readConfig: () => Config
  createContext: (config: Config) => Context | Promise<Context>
  /** Gives up what the context holds (databases, sockets); it has half a second. */
  closeContext?: (context: Context) => void | Promise<void>
}

/**
 * Runs a server over stdin and stdout until the client is gone. Handles --help and --version.
 * Ends within a second of stdin closing, SIGTERM or SIGINT: the SDK's transport alone would live on while a timer or socket does.
 */
export async function runStdioServer<Config extends { LOG_LEVEL: LogLevel }, Context>(
  definition: StdioServer<Config, Context>,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(
      `kubevigil ${definition.name}: an MCP server over stdio, version ${definition.version}\n\n${definition.instructions}\n\nEnvironment:\n${describeEnvironment(definition.environment)}\n`,
    )
    return
  }
  if (args.includes('--version')) {
    process.stdout.write(`${definition.version}\n`)
    return
  }
  // Compiling a schema pays off after thousands of values; a server checks a few small ones and should answer soon.
  configureZod({ jitless: true })
  const wire = claimStdout()
  let config: Config
  try {
    config = definition.readConfig()
  } catch (error) {
    process.stderr.write(`kubevigil ${definition.name}: ${describeError(error)}\n`)
    process.exitCode = error instanceof UserError ? 2 : 1
    return
  }
  setLogLevel(config.LOG_LEVEL)
  let context: Context | undefined
  const server = createServer<Context>({
    ...definition,
    createContext: async () => {
      requireNode()
      return (context = await definition.createContext(config))
    },
  })
  let ending = false
  const end = (code: number): void => {
    if (ending) return
    ending = true
    setTimeout(() => process.exit(code), 500).unref()
    Promise.allSettled([server.close(), context === undefined ? undefined : definition.closeContext?.(context)])
      .then(() => process.exit(code))
      .catch(() => process.exit(code))
  }
  process.stdin.once('end', () => end(0)).once('close', () => end(0))
  process.once('SIGTERM', () => end(0)).once('SIGINT', () => end(0))
  process.on('uncaughtException', (error) => {
    log('error', 'Uncaught error', { error: describeError(error), stack: error.stack })
    end(1)
  })
  // The peer closing its end while we write is the ordinary end of a session.
  process.stdout.on('error', () => end(0))
  await server.connect(new StdioServerTransport(process.stdin, wire))
}

/** The vendors' SDKs and the native database need it; older ones fail in ways nobody understands, the database by a crash. */
const oldestNode = 22

function requireNode(): void {
  if (Number(process.versions.node.split('.')[0]) >= oldestNode) return
  throw new UserError(
    'node-too-old',
    `This server needs Node ${oldestNode} or newer and runs on ${process.versions.node}.`,
    'Start it with a newer node; after `pnpm install` the project has one in node_modules/.bin/node.',
  )
}

/** Keeps the real stdout for the protocol and sends every other write (a library's stray line) to stderr. */
function claimStdout(): Writable {
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = process.stderr.write.bind(process.stderr)
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      write(chunk, (error) => done(error))
    },
  })
}
