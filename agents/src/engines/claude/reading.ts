import { redact } from '@kubevigil/core/redact'
import type { z } from 'zod'
import { ground } from '../../rails/grounding.ts'
import { allowedRaises } from '../../rails/severity.ts'
import type { Changed, Reading, Remark, Usage, Work } from '../engine.ts'
import type { AnalyzerReport, EscalationReport, NotifierReport, ReviewerReport } from './steps.ts'

/** What the subagents handed in. */
export interface HandedIn {
  'k8s-analyzer'?: z.output<typeof AnalyzerReport>
  'github-reviewer'?: z.output<typeof ReviewerReport>
  'escalation-manager'?: z.output<typeof EscalationReport>
  'slack-notifier'?: z.output<typeof NotifierReport>
}

/**
 * Makes of the subagents' reports what the rails let through: words held against the evidence, raises that are allowed, next steps
 * out of those given. Everything else they wrote ends here.
 */
export function compileReading(work: Work, handedIn: HandedIn, evidence: readonly string[], usage: Usage): Reading {
  const weighed = handedIn['escalation-manager']?.incidents ?? []
  const wished = weighed.flatMap(({ fingerprint, raise }) => {
    if (raise === null) return []
    // The reason is told to people, so it is held to the evidence like every other word.
    const { text } = ground(redact(raise.reason), evidence)
    return text === '' ? [] : [{ fingerprint, sev: raise.sev, reason: text }]
  })
  return {
    engine: 'claude',
    note: '',
    remarks: new Map(work.changed.map((one) => [one.incident.fingerprint, remarkOf(one, handedIn, evidence)])),
    raise: allowedRaises(
      wished,
      work.changed.map(({ assessment }) => assessment),
    ),
    usage,
    session: null,
  }
}

function remarkOf({ incident }: Changed, handedIn: HandedIn, evidence: readonly string[]): Remark {
  const isOf = (one: { fingerprint: string }): boolean => one.fingerprint === incident.fingerprint
  const explanation = handedIn['slack-notifier']?.incidents.find(isOf)?.explanation ?? ''
  const chosen = handedIn['escalation-manager']?.incidents.find(isOf)?.nextSteps ?? []
  const { text, flagged } = ground(redact(explanation), evidence)
  const first = [...new Set(chosen)].flatMap((number) => incident.nextSteps[number] ?? [])
  return {
    explanation: text,
    flagged: flagged.slice(0, 10),
    nextSteps: [...new Set([...first, ...incident.nextSteps])],
  }
}
