import { Sev } from '@kubevigil/core/policy'
import { z } from 'zod'
import type { Changed } from '../engine.ts'

const fingerprint = z.string().max(64).describe('The incident, as given')

/** A list with one entry an incident. */
function perIncident<S extends z.ZodRawShape>(shape: S) {
  return z
    .array(z.object({ fingerprint, ...shape }))
    .max(20)
    .describe('One entry for each incident given')
}

export const AnalyzerReport = z.object({
  incidents: perIncident({
    cause: z.string().max(600).describe('The cause, in one or two sentences, and how sure'),
    facts: z.array(z.string().max(400)).max(8).describe('What shows it, copied exactly'),
    open: z.string().max(400).describe('What is not settled; empty for nothing'),
  }),
})

export const ReviewerReport = z.object({
  incidents: perIncident({
    verdict: z.enum(['explains', 'unlikely', 'unclear']).describe('Whether a change brought it'),
    why: z.string().max(600).describe('With commit and line, copied exactly'),
  }),
})

export const EscalationReport = z.object({
  incidents: perIncident({
    raise: z
      .object({ sev: Sev.describe('Graver than given'), reason: z.string().max(300).describe('The fact for it') })
      .nullable()
      .describe('null to leave it'),
    nextSteps: z.array(z.number().int().min(0).max(20)).max(6).describe('Numbers of its nextSteps, first things first'),
    why: z.string().max(400).describe('In one sentence'),
  }),
  summary: z.string().max(2000).describe('What to keep in mind in the next cycle'),
})

export const NotifierReport = z.object({
  incidents: perIncident({ explanation: z.string().max(1500).describe('For the people on call') }),
})

/**
 * The subagents of a cycle in their order. The other files of agents/prompts/ are for people at a desktop client.
 * @param report what it hands in
 * @param wants which of the changed incidents it is for; a step without any is left out
 */
export const steps = [
  { agent: 'k8s-analyzer', report: AnalyzerReport, wants: () => true },
  {
    agent: 'github-reviewer',
    report: ReviewerReport,
    wants: ({ correlation }: Changed) => (correlation?.suspects.length ?? 0) > 0,
  },
  { agent: 'escalation-manager', report: EscalationReport, wants: () => true },
  { agent: 'slack-notifier', report: NotifierReport, wants: () => true },
] as const
