import { CommonEnvironment, readEnvironment, withDotEnv, type Environment as Variables } from '@kubevigil/mcp-kit/env'
import { hour, second } from '@kubevigil/core/time'
import { z } from 'zod'

export const Environment = CommonEnvironment.extend({
  MONITORING_INTERVAL_HOURS: z.coerce
    .number()
    .min(1 / 60)
    .max(168)
    .optional()
    .describe('Hours between cycles of watch; --every wins'),
  CHECK_INTERVAL: z.coerce
    .number()
    .int()
    .min(30)
    .max(604_800)
    .optional()
    .describe('Seconds between cycles of watch; MONITORING_INTERVAL_HOURS wins'),
})

export interface Config {
  logLevel: z.output<typeof Environment>['LOG_LEVEL']
  /** Milliseconds between cycles of `watch` when the command line does not say. */
  intervalMs: number
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
  const intervalMs = hours !== undefined ? hours * hour : seconds !== undefined ? seconds * second : hour
  const files = { services: variables['KUBEVIGIL_SERVICES'], policy: variables['KUBEVIGIL_POLICY'] }
  return { logLevel: environment.LOG_LEVEL, intervalMs, files, variables }
}
