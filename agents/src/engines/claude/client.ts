import { UserError } from '@kubevigil/mcp-kit/errors'
import type { MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages'
import type { ClaudeConfig } from './config.ts'

export type { MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages'

/** What the driver needs of a vendor's client; what it answers is checked before it is believed. */
export interface MessagesClient {
  messages: {
    create: (
      body: MessageCreateParamsNonStreaming,
      options: { signal: AbortSignal; timeout: number; maxRetries: number },
    ) => PromiseLike<unknown>
  }
}

/** Packages for Claude in a cloud; they are not installed unless an operator adds one. */
const cloudPackages = {
  bedrock: { name: '@anthropic-ai/bedrock-sdk', client: 'AnthropicBedrock' },
  vertex: { name: '@anthropic-ai/vertex-sdk', client: 'AnthropicVertex' },
} as const

/**
 * Makes the client, importing the SDK on first use: a healthy cycle never loads it. Nothing is written by the SDK itself, because
 * its log may show headers.
 * @throws UserError when a cloud's package is not installed
 */
export async function makeClient(config: ClaudeConfig): Promise<MessagesClient> {
  const { provider, apiKey, authToken, baseUrl, authHeader } = config
  if (provider !== 'anthropic') return makeCloudClient(provider)
  const { default: Anthropic } = await import('@anthropic-ai/sdk')
  const quiet = { logLevel: 'off', openTelemetry: false, maxRetries: 0 } as const
  const where = baseUrl === undefined ? { baseURL: 'https://api.anthropic.com' } : { baseURL: baseUrl }
  if (apiKey === undefined) return new Anthropic({ ...quiet, ...where, authToken: authToken ?? null })
  if (authHeader === 'authorization') return new Anthropic({ ...quiet, ...where, apiKey })
  const older = { 'anthropic-version': '2023-06-01', 'x-api-key': apiKey, authorization: null }
  return new Anthropic({ ...quiet, ...where, apiKey, defaultHeaders: older })
}

async function makeCloudClient(provider: keyof typeof cloudPackages): Promise<MessagesClient> {
  const { name, client } = cloudPackages[provider]
  let exported: Record<string, new (options: object) => MessagesClient>
  try {
    exported = (await import(name)) as typeof exported
  } catch (cause) {
    throw new UserError(
      'claude-package-missing',
      `CLAUDE_PROVIDER is ${provider}, and the package ${name} is not installed.`,
      `Install it beside the driver: pnpm --filter @kubevigil/agents add ${name}`,
      { cause },
    )
  }
  const Client = exported[client]
  if (Client === undefined)
    throw new UserError('claude-package-unknown', `The package ${name} has no ${client}.`, 'Install its version 1.')
  return new Client({ maxRetries: 0 })
}
