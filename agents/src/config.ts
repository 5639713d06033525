import { CommonEnvironment, readEnvironment, withDotEnv, type Environment as Variables } from '@kubevigil/mcp-kit/env'
import { hour, second } from '@kubevigil/core/time'
import { z } from 'zod'
import { engineNames, type EngineName } from './engines/choose.ts'
import { ClaudeEnvironment, readClaudeConfig, type ClaudeConfig } from './engines/claude/config.ts'

/** The variables the driver reads. */
export const Environment = CommonEnvironment.extend({
  MONITORING_INTERVAL_HOURS: z.coerce
    .number()
    .min(1 / 60)
    .max(168)
    .optional()
    .describe('Hours between cycles of watch; --every and --cron win'),
  CHECK_INTERVAL: z.coerce
    .number()
    .int()
    .min(30)
    .max(604_800)
    .optional()
    .describe('Seconds between cycles of watch; MONITORING_INTERVAL_HOURS wins'),
  KUBEVIGIL_ENGINE: z
    .enum(engineNames)
    .default('auto')
    .describe('Who reads what changed: rules, claude, or auto (claude when there is a key); --engine wins'),
  ...ClaudeEnvironment.shape,
})

export interface Config {
  logLevel: z.output<typeof Environment>['LOG_LEVEL']
  /** Milliseconds between cycles of `watch` when the command line does not say. */
  intervalMs: number
  /** When the command line does not say. */
  engine: EngineName
  claude: ClaudeConfig
  /** The operator's files, for when memory, which reads them otherwise, is away. */
  files: { services: string | undefined; policy: string | undefined }
  /** The whole environment, of which each server is given its own part (see servers.ts). */
  variables: Variables
}

/** Reads the driver's configuration; nothing else in the driver reads the environment. */
export function readConfig(): Config {
  const variables = withDotEnv()
  const environment = readEnvironment(Environment, variables)
  const { MONITORING_INTERVAL_HOURS: hours, CHECK_INTERVAL: seconds } = environment
  return {
    logLevel: environment.LOG_LEVEL,
    intervalMs: hours !== undefined ? hours * hour : seconds !== undefined ? seconds * second : hour,
    engine: environment.KUBEVIGIL_ENGINE,
    claude: readClaudeConfig(variables),
    files: { services: variables['KUBEVIGIL_SERVICES'], policy: variables['KUBEVIGIL_POLICY'] },
    variables,
  }
}
