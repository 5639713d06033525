import { parseArgs } from 'node:util'
import { describeError, UserError } from '../../shared/mcp-kit/src/errors.ts'

export interface SetupOptions {
  servers: string[]
  /** The client's file when it is not where the client keeps it. */
  config: string | undefined
  write: boolean
  withSecrets: boolean
  json: boolean
  help: boolean
}

/**
 * Reads the command line of a setup command.
 * @param known the servers there are
 * @throws UserError that names the option
 */
export function readSetupOptions(args: readonly string[], known: readonly string[]): SetupOptions {
  const { values } = parse(args)
  const servers = values.servers === undefined ? [...known] : values.servers.split(',').map((name) => name.trim())
  const wrong = servers.find((name) => !known.includes(name))
  if (wrong !== undefined)
    throw new UserError('server-unknown', `There is no server "${wrong}".`, `Choose among ${known.join(', ')}.`)
  return {
    servers: [...new Set(servers)],
    config: values.config,
    write: values.write,
    withSecrets: values['with-secrets'],
    json: values.json,
    help: values.help,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        servers: { type: 'string' },
        config: { type: 'string' },
        write: { type: 'boolean', default: false },
        'with-secrets': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (cause) {
    throw new UserError('bad-option', `${describeError(cause)}.`.replace(/\.\.$/, '.'), 'See --help.', { cause })
  }
}

/** The text of --help. */
export function setupHelp(command: string, client: string, file: string): string {
  return `pnpm ${command} [options]

Checks that every server starts and shows the configuration that lets ${client} use it. Build first: pnpm build.

  --write           put it into the file: other servers and settings stay, what was there is kept beside it
  --servers A,B     only these servers
  --config PATH     another file than ${file}
  --with-secrets    copy tokens from the environment, too; without it their places are left to fill in
  --json            one JSON object for programs
  --help            this text
`
}
