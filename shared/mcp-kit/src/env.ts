import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { loadEnvFile } from 'node:process'
import { z } from 'zod'
import { UserError } from './errors.ts'

export type Environment = Record<string, string | undefined>

/** Variables every server reads. */
export const CommonEnvironment = z.object({
  LOG_LEVEL: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.toLowerCase().replace(/^warning$/, 'warn') : value),
      z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    )
    .describe('Least level of log line written to stderr: debug, info, warn or error'),
  KUBEVIGIL_HOME: z.string().optional().describe('Folder for databases; default: kubevigil in the XDG state directory'),
})

const secretName = /TOKEN(?!S)|KEY|SECRET|PASSWORD|WEBHOOK|SIGNATURE/

/** Whether a variable of this name holds a secret; the path of a file that holds one is none. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) && !name.endsWith('_FILE')
}

/**
 * Reads a schema's variables from the environment, after a `.env` file in the working directory has filled
 * what is unset. An empty variable counts as unset.
 * @throws UserError that names each bad variable, what it got (never a secret's value) and what it wants
 */
export function readEnvironment<S extends z.ZodObject>(
  schema: S,
  environment: Environment = withDotEnv(),
): z.output<S> {
  const given = Object.fromEntries(
    Object.keys(schema.shape)
      .map((name) => [name, environment[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0])
    const got = given[name] === undefined ? 'nothing' : isSecretName(name) ? 'a value not shown' : `"${given[name]}"`
    return `${name}: got ${got}, ${issue.message}`
  })
  throw new UserError(
    'bad-environment',
    `The environment is not valid: ${problems.join('; ')}.`,
    'Correct the variable or unset it; --help lists them all.',
  )
}

/** The folder that holds the project's databases: KUBEVIGIL_HOME, else the XDG state directory. */
export function stateHome(environment: Environment): string {
  if (environment['KUBEVIGIL_HOME']) return environment['KUBEVIGIL_HOME']
  const xdg = environment['XDG_STATE_HOME']
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.local', 'state'), 'kubevigil')
}

/** The process environment with a `.env` file of the working directory behind it. */
export function withDotEnv(): Environment {
  if (existsSync('.env')) loadEnvFile('.env')
  return process.env
}

/** The lines of --help that list a schema's variables. */
export function describeEnvironment(schema: z.ZodObject): string {
  return Object.entries(schema.shape)
    .map(([name, field]) => `  ${name.padEnd(28)} ${(field as z.ZodType).description ?? ''}`)
    .join('\n')
}
