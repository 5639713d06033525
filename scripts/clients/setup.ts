import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withDotEnv, type Environment } from '../../shared/mcp-kit/src/env.ts'
import { describeError, UserError } from '../../shared/mcp-kit/src/errors.ts'
import { root, servers as allServers, type ServerFacts } from '../generated/servers.ts'
import { checkServer, type Answer } from './check.ts'
import { thisMachine, type Machine } from './locations.ts'
import { entryOf, mergeServers, type NewEntry } from './merge.ts'
import { readSetupOptions, setupHelp, type SetupOptions } from './options.ts'
import { report, type Outcome } from './report.ts'
import { readConfigFile, saveConfigFile } from './save.ts'
import { givenTo } from './variables.ts'

/** A client whose file can be written. */
export interface DesktopClient {
  title: string
  /** The script's name in package.json. */
  command: string
  fileOn: (machine: Machine) => string
  /** What its entries have besides command, arguments and environment. */
  extra: { type?: 'stdio' }
  /** What stands for a secret that is not copied, and how it gets its value. */
  placeholder: (variable: string) => string
  howToFill: string
}

/** Where a setup command works: the tests have their own. */
export interface Place {
  environment: Environment
  /** Where relative paths of the environment begin. */
  folder: string
  /** The program of a server. @throws UserError when it is not built */
  programOf: (server: string) => string
}

/** A server as it would start, how it answered, and the secrets that were not copied. */
interface Candidate {
  entry: NewEntry
  answer: Answer
  fillIn: string[]
}

/**
 * Runs a setup command: checks the servers, then shows or writes the client's configuration. Nothing is written when a server
 * does not start. Prints to stdout and sets the exit code: 0 done, 1 a server does not start, 2 a wrong option or file.
 */
export async function setUp(client: DesktopClient, args: readonly string[] = process.argv.slice(2)): Promise<void> {
  try {
    const place = { environment: withDotEnv(), folder: process.cwd(), programOf: builtProgram }
    const usual = client.fileOn(thisMachine(place.environment))
    const names = allServers.map(({ name }) => name)
    const options = readSetupOptions(args, names)
    if (options.help) {
      process.stdout.write(setupHelp(client.command, client.title, usual))
      return
    }
    const outcome = await configure(client, resolve(options.config ?? usual), options, place)
    process.stdout.write(options.json ? `${JSON.stringify(outcome, null, 2)}\n` : report(client, outcome))
    if (outcome.servers.some((answer) => 'failure' in answer)) process.exitCode = 1
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    process.stderr.write(`${describeError(error)}\n`)
    process.exitCode = 2
  }
}

/**
 * Checks the servers and writes the client's file if that is asked for and each of them starts.
 * @throws UserError when a server is not built, or the file cannot be merged with
 */
export async function configure(
  client: DesktopClient,
  file: string,
  { servers, withSecrets, write }: Pick<SetupOptions, 'servers' | 'withSecrets' | 'write'>,
  place: Place,
): Promise<Outcome> {
  const wanted = allServers.filter(({ name }) => servers.includes(name))
  const candidates = await Promise.all(wanted.map((server) => candidateOf(client, server, withSecrets, place)))
  const answers = candidates.map(({ answer }) => answer)
  const entries = new Map(candidates.map(({ answer, entry }) => [answer.name, entry]))
  const merged = mergeServers(readConfigFile(file), entries, file)
  const save = write && merged.changed && !answers.some((answer) => 'failure' in answer)
  return {
    file,
    upToDate: !merged.changed,
    written: save,
    backup: save ? saveConfigFile(file, merged.text, new Date()) : null,
    servers: answers,
    mcpServers: Object.fromEntries([...entries].map(([name, entry]) => [name, entryOf(entry)])),
    fillIn: [...new Set(candidates.flatMap(({ fillIn }) => fillIn))],
  }
}

async function candidateOf(
  { extra, placeholder }: DesktopClient,
  server: ServerFacts,
  withSecrets: boolean,
  { environment, folder, programOf }: Place,
): Promise<Candidate> {
  const { settings, secrets } = givenTo(server, environment, folder)
  const start = { ...extra, command: process.execPath, args: [programOf(server.name)] }
  const env = { ...settings, ...secrets }
  const fillIn = withSecrets ? [] : Object.keys(secrets)
  return {
    entry: {
      ...start,
      env: withSecrets ? env : settings,
      placeholders: Object.fromEntries(fillIn.map((name) => [name, placeholder(name)])),
    },
    answer: await checkServer({ name: server.name, ...start, env }, server.manifest.version),
    fillIn,
  }
}

/** The built server: it starts several times as fast as its sources, and with any Node that is new enough. */
function builtProgram(server: string): string {
  const program = fileURLToPath(new URL(`servers/${server}/dist/main.js`, root))
  if (!existsSync(program))
    throw new UserError('not-built', `The ${server} server is not built: ${program} is not there.`, 'Run pnpm build.')
  return program
}
