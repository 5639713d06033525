import { join } from 'node:path'
import { Policy, type ServiceCatalog } from '@kubevigil/core/policy'
import { CommonEnvironment, readEnvironment, stateHome, withDotEnv, type Environment } from '@kubevigil/mcp-kit/env'
import type { LogLevel } from '@kubevigil/mcp-kit/log'
import { readServicesFile } from '@kubevigil/mcp-kit/services-file'
import { readYamlFile } from '@kubevigil/mcp-kit/yaml-file'
import { z } from 'zod'

/** Least and most tokens that a context or session may have. */
export const contextTokens = { min: 500, max: 1_000_000 }

/** The variables this server reads. */
export const MemoryEnvironment = z.object({
  ...CommonEnvironment.shape,
  KUBEVIGIL_SERVICES: z
    .string()
    .optional()
    .describe('YAML or text file of your services; without it every workload counts as P1'),
  KUBEVIGIL_POLICY: z
    .string()
    .optional()
    .describe('YAML file of channels, hours, cadence and maintenance; without it the defaults hold'),
  SLACK_CHANNEL: z
    .string()
    .regex(/^#?[^\s,#]+$/, 'write one channel, such as #critical-alerts')
    .optional()
    .describe('One channel that gets everything, whatever the severity'),
  SESSION_DIR: z.string().optional().describe('Folder for memory.db when KUBEVIGIL_HOME is not set'),
  MAX_CONTEXT_TOKENS: z.coerce
    .number()
    .int()
    .min(contextTokens.min)
    .default(120_000)
    .describe('Tokens a session may hold, and get_context may take when a call names no number'),
})

export interface MemoryConfig {
  LOG_LEVEL: LogLevel
  databasePath: string
  catalog: ServiceCatalog
  /** Whether the operator named a services file. */
  hasCatalog: boolean
  policy: Policy
  maxContextTokens: number
}

/** @throws UserError that names the variable, or the file and the place in it */
export function readConfig(environment: Environment = withDotEnv()): MemoryConfig {
  const read = readEnvironment(MemoryEnvironment, environment)
  const { KUBEVIGIL_SERVICES: services, KUBEVIGIL_POLICY: rules, SLACK_CHANNEL: channel } = read
  const folder = read.KUBEVIGIL_HOME ?? read.SESSION_DIR ?? stateHome(environment)
  const policy = rules === undefined ? Policy.parse({}) : readYamlFile(rules, Policy, 'KUBEVIGIL_POLICY')
  return {
    LOG_LEVEL: read.LOG_LEVEL,
    databasePath: join(folder, 'memory.db'),
    catalog: services === undefined ? { services: [] } : readServicesFile(services),
    hasCatalog: services !== undefined,
    policy: channel === undefined ? policy : toOne(policy, channel),
    maxContextTokens: Math.min(read.MAX_CONTEXT_TOKENS, contextTokens.max),
  }
}

/** The policy with one channel for everything. */
function toOne(policy: Policy, channel: string): Policy {
  const isId = /^[CDG][A-Z0-9]{8,}$/.test(channel)
  const name = isId || channel.startsWith('#') ? channel : `#${channel}`
  return {
    ...policy,
    channels: { 'SEV-1': name, 'SEV-2': name, 'SEV-3': name },
    escalation: { ...policy.escalation, channel: name },
  }
}
