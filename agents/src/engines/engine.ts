import type { Assessment } from '@kubevigil/core/assessment'
import type { Incident } from '@kubevigil/core/incident'
import type { CorrelationAnswer } from '../answers.ts'
import type { Raise } from '../rails/severity.ts'
import type { Servers } from '../servers.ts'

/** An incident that is new, worse, back, or about to be told, with what the rules made of it. */
export interface Changed {
  incident: Incident
  assessment: Assessment
  correlation: CorrelationAnswer | undefined
}

/** What an engine is given to read. */
export interface Work {
  servers: Servers
  cluster: string
  /** When the cluster was looked at. */
  takenAt: string
  context: string | undefined
  /** Worst first; never empty. */
  changed: readonly Changed[]
  signal: AbortSignal
}

/** What an engine adds to one incident. */
export interface Remark {
  /** Its reading of the evidence, held against it; empty when there is none. */
  explanation: string
  /** Names, numbers, commands and links it wrote that the evidence does not bear; their sentences are not in the explanation. */
  flagged: string[]
  /** The incident's own next steps, in the order to take them. */
  nextSteps: string[]
}

/** What a model took. */
export interface Usage {
  inputTokens: number
  outputTokens: number
  costUsd: number
  models: {
    model: string
    inputTokens: number
    outputTokens: number
    estimatedInputTokens: number
    costUsd: number
  }[]
}

/** A conversation's gist, as record_cycle keeps it. */
export interface Session {
  id: string
  summary: string | null
  messages: {
    role: 'system' | 'user' | 'assistant' | 'tool'
    importance: 'critical' | 'normal' | 'low'
    pinned: boolean
    text: string
  }[]
}

/** What an engine made of the changed incidents. */
export interface Reading {
  /** Who did it. */
  engine: 'rules' | 'claude'
  /** Why it was this engine, or did nothing, in a sentence; empty when there is nothing to say. */
  note: string
  /** By fingerprint. */
  remarks: ReadonlyMap<string, Remark>
  raise: Raise[]
  usage: Usage
  session: Session | null
}

/** Who reads what changed. It adds words and may raise a severity; whether, where and how often somebody is told is decided elsewhere. */
export interface Engine {
  name: 'rules' | 'claude'
  /** Why this one was chosen; empty when it is plain. */
  chosen: string
  /** @throws UserError when it could not work with these servers, whatever it is given */
  check: (servers: Servers) => Promise<void>
  /** @throws whatever went wrong; the cycle then goes on with the rules */
  read: (work: Work) => Promise<Reading>
}

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, costUsd: 0, models: [] }

/** A reading that adds nothing. */
export function silentReading(engine: Reading['engine'], note: string, usage: Usage = noUsage): Reading {
  return { engine, note, remarks: new Map(), raise: [], usage, session: null }
}

/** An engine that stopped, with what it had taken until then. */
export class EngineFailure extends Error {
  readonly usage: Usage

  constructor(cause: unknown, usage: Usage) {
    super('The engine stopped', { cause })
    this.usage = usage
  }
}
