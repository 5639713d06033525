import type { Environment as Variables } from '@kubevigil/mcp-kit/env'
import { readEnvironment } from '@kubevigil/mcp-kit/env'
import { second } from '@kubevigil/core/time'
import { z } from 'zod'
import type { ModelChoice } from './models.ts'

const Model = z.string().regex(/^\S+$/, 'write a model id such as claude-haiku-5-5, or haiku, sonnet, opus').optional()

const Switch = z
  .preprocess(
    (value) => (typeof value === 'string' ? value.toLowerCase() : value),
    z.enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'], 'write true or false').default('false'),
  )
  .transform((word) => ['true', '1', 'yes', 'on'].includes(word))

/** The variables of the engine that asks Claude. */
export const ClaudeEnvironment = z.object({
  ANTHROPIC_API_KEY: z.string().regex(/^\S+$/, 'it has a space in it').optional().describe('Key of the Claude API'),
  ANTHROPIC_AUTH_TOKEN: z.string().regex(/^\S+$/, 'it has a space in it').optional().describe('Token instead of a key'),
  ANTHROPIC_BASE_URL: z
    .url({ protocol: /^https?$/, error: 'write it like https://gateway.example.com' })
    .optional()
    .describe('A gateway instead of the API itself'),
  ANTHROPIC_AUTH_HEADER: z
    .enum(['authorization', 'x-api-key'])
    .default('authorization')
    .describe('x-api-key for a gateway that speaks the API of 2023-06-01'),
  CLAUDE_PROVIDER: z
    .enum(['anthropic', 'bedrock', 'vertex'])
    .default('anthropic')
    .describe('anthropic; bedrock and vertex need their package and take their own variables'),
  CLAUDE_BUDGET_USD: z.coerce
    .number()
    .min(0)
    .max(100)
    .default(0.5)
    .describe('Most dollars one cycle may take; default 0.5'),
  CLAUDE_DEADLINE_SECONDS: z.coerce
    .number()
    .int()
    .min(5)
    .max(900)
    .default(120)
    .describe('Longest the model may hold up one cycle; default 120'),
  ENABLE_LONG_CONTEXT: Switch.describe('true: the model is told what is remembered, and a summary is kept'),
  ORCHESTRATOR_MODEL: Model.describe('Model of every subagent that has none of its own; default claude-haiku-5-5'),
  K8S_ANALYZER_MODEL: Model.describe('Model of the subagent that explains'),
  GITHUB_REVIEWER_MODEL: Model.describe('Model of the subagent that reads changes'),
  ESCALATION_MANAGER_MODEL: Model.describe('Model of the subagent that weighs'),
  SLACK_NOTIFIER_MODEL: Model.describe('Model of the subagent that writes'),
})

export interface ClaudeConfig {
  provider: 'anthropic' | 'bedrock' | 'vertex'
  apiKey: string | undefined
  authToken: string | undefined
  baseUrl: string | undefined
  authHeader: 'authorization' | 'x-api-key'
  /** Most dollars a cycle. */
  budgetUsd: number
  /** Longest all steps of a cycle may take together. */
  deadlineMs: number
  longContext: boolean
  models: ModelChoice
}

/** @throws UserError that names the variable, what it got (never a secret's value) and what it wants */
export function readClaudeConfig(variables: Variables): ClaudeConfig {
  const read = readEnvironment(ClaudeEnvironment, variables)
  return {
    provider: read.CLAUDE_PROVIDER,
    apiKey: read.ANTHROPIC_API_KEY,
    authToken: read.ANTHROPIC_AUTH_TOKEN,
    baseUrl: read.ANTHROPIC_BASE_URL,
    authHeader: read.ANTHROPIC_AUTH_HEADER,
    budgetUsd: read.CLAUDE_BUDGET_USD,
    deadlineMs: read.CLAUDE_DEADLINE_SECONDS * second,
    longContext: read.ENABLE_LONG_CONTEXT,
    models: {
      orchestrator: read.ORCHESTRATOR_MODEL,
      agents: {
        'k8s-analyzer': read.K8S_ANALYZER_MODEL,
        'github-reviewer': read.GITHUB_REVIEWER_MODEL,
        'escalation-manager': read.ESCALATION_MANAGER_MODEL,
        'slack-notifier': read.SLACK_NOTIFIER_MODEL,
      },
    },
  }
}

/** Whether there is anything to ask Claude with. */
export function hasAccess({ provider, apiKey, authToken }: ClaudeConfig): boolean {
  return provider !== 'anthropic' || apiKey !== undefined || authToken !== undefined
}
