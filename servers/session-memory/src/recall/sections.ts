import { toInstant } from '@kubevigil/core/time'
import type { TrendVerdict } from '@kubevigil/core/trends'
import type { Overview } from '../store/memory.ts'
import type { StoredMessage, StoredSession } from '../store/sessions.ts'
import type { TokenBudget } from './budget.ts'
import {
  changeLine,
  cycleLines,
  foldedLine,
  incidentLine,
  messageBlock,
  pinnedLine,
  setIn,
  shortLine,
  silenceLine,
  trendLine,
} from './lines.ts'

/** A part of a context: its lines fill what budget it is given. */
export interface Section {
  name: string
  /** Part of the budget that is left when its turn comes. */
  share: number
  /** Lines it has. */
  count: number
  /** Said when it has none; without it, it is not named then. */
  none?: string
  /** Gives what fits, in the order to be read, and how many lines did not. */
  fill: (budget: TokenBudget) => { lines: string[]; missing: number }
}

export interface ClusterTrends {
  cluster: string
  verdicts: readonly TrendVerdict[]
}

const habitual = new Set<TrendVerdict['verdict']>(['recurring', 'chronic', 'flapping'])

/** The parts of a context in their order: what is grave first, what changes often last, so that the beginning can be cached. */
export function sectionsOf(overview: Overview, trends: readonly ClusterTrends[], now: number): Section[] {
  const { open, facts, silences, pinned, changes, cycles, folded, session } = overview
  const mild = open.filter((incident) => incident.sev > 'SEV-2')
  const verdicts = trends.flatMap(({ cluster, verdicts: said }) => said.map((verdict) => ({ cluster, verdict })))
  const lineOf = (one: (typeof verdicts)[number]): string => trendLine(one.cluster, one.verdict)
  const isHabit = (one: (typeof verdicts)[number]): boolean => habitual.has(one.verdict.verdict)
  const moves = verdicts.filter((one) => !isHabit(one) && one.verdict.verdict !== 'steady')
  return [
    graveSection(open, facts),
    plain('Pinned', pinned.map(pinnedLine), 0.5),
    plain('Silences', silences.filter(({ until }) => until > toInstant(now)).map(silenceLine), 0.5),
    { ...plain('Changes in the last cycle', changes.map(changeLine), 0.5), none: 'none' },
    plain('Trends of 7 days', moves.map(lineOf), 0.5),
    plain('Recurring, chronic, flapping', verdicts.filter(isHabit).map(lineOf), 0.5),
    plain(
      'Open SEV-3 and SEV-4',
      mild.map((incident) => incidentLine(incident)),
      0.5,
    ),
    { ...plain('Recent cycles', [...cycleLines(cycles), ...folded.map(foldedLine)], 0.5), none: 'none is recorded' },
    ...(session === undefined ? [] : [summarySection(session), messagesSection(session)]),
  ]
}

/** Lines from the first on, as many as fit. */
function plain(name: string, all: readonly string[], share: number): Section {
  return {
    name,
    share,
    count: all.length,
    fill(budget) {
      const most = all.findIndex((line) => !budget.afford(budget.cost(line)))
      const lines = all.slice(0, most === -1 ? all.length : most)
      return { lines, missing: all.length - lines.length }
    },
  }
}

/** Every open SEV-1 and SEV-2 by name, as far as the whole budget goes; the gravest with all that matters. */
function graveSection(open: Overview['open'], facts: Overview['facts']): Section {
  const grave = open.filter((incident) => incident.sev <= 'SEV-2')
  return {
    name: 'Open SEV-1 and SEV-2',
    share: 1,
    count: grave.length,
    none: 'none',
    fill(budget) {
      const short = grave.map(shortLine)
      const unnamed = short.findIndex((line) => !budget.afford(budget.cost(line)))
      const named = unnamed === -1 ? grave.length : unnamed
      const spare = budget.part(0.6)
      const lines = grave.slice(0, named).map((incident, index) => {
        const whole = incidentLine(incident, facts.get(incident.id))
        return spare.afford(spare.cost(whole) - spare.cost(short[index]!)) ? whole : short[index]!
      })
      return { lines, missing: grave.length - named }
    },
  }
}

function summarySection({ id, summary }: StoredSession): Section {
  return plain(`Session ${id}, in short`, summary === '' ? [] : [setIn(summary)], 1)
}

/** The messages that matter most and then the newest, as many as fit, in the order they were written. Pinned ones stand above. */
function messagesSection({ id, messages }: StoredSession): Section {
  const others = messages.filter((message) => !message.pinned)
  return {
    name: `Messages of session ${id}`,
    share: 1,
    count: others.length,
    fill(budget) {
      const kept = others.toReversed().sort((a, b) => Number(matters(b)) - Number(matters(a)))
      const fitting = new Set(kept.filter((message) => budget.afford(budget.cost(messageBlock(message)))))
      const lines = others.filter((message) => fitting.has(message)).map(messageBlock)
      return { lines, missing: others.length - lines.length }
    },
  }
}

function matters({ role, importance }: StoredMessage): boolean {
  return role === 'system' || importance === 'critical'
}
