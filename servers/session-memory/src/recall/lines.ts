import { clip } from '@kubevigil/core/budget'
import type { TrendVerdict } from '@kubevigil/core/trends'
import type { Change, StoredCycle } from '../store/cycles.ts'
import type { Facts, StoredIncident } from '../store/incidents.ts'
import type { FoldedSpan } from '../store/rollups.ts'
import type { Silence } from '../store/silences.ts'
import type { StoredMessage } from '../store/sessions.ts'

const mostTitle = 300
const mostName = 80
const mostPinned = 600

/** A text from outside on one line, so that it cannot pass for a line of ours. */
function oneLine(text: string, most = mostTitle): string {
  return clip(text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim(), most)
}

/** The least that can be said of an incident: its SEV, whose it is, and how to ask for more. */
export function shortLine(
  incident: Pick<StoredIncident, 'sev' | 'cluster' | 'fingerprint' | 'service' | 'root'>,
): string {
  const { sev, cluster, fingerprint } = incident
  return `${sev} ${who(incident)} on ${oneLine(cluster, mostName)} [${fingerprint}]`
}

/** What somebody who is called needs of an incident: what, for whom, since when, why so grave, who knows, what to do. */
export function incidentLine(incident: StoredIncident, facts?: Facts): string {
  const { sev, priority, title, fingerprint, cluster, since, openedAt, members, impact, known, change, episodes } =
    incident
  return [
    `${sev} ${priority} ${who(incident)} on ${oneLine(cluster, mostName)}: ${oneLine(title)} [${fingerprint}]`,
    `since ${toSeconds(since ?? openedAt)}${episodes > 1 ? `, for the ${ordinal(episodes)} time` : ''}`,
    members.count > 1 ? `${members.count} affected` : '',
    labelled('impact', impact),
    labelled(`why ${sev}`, facts?.reasons[0]),
    known === null ? toldText(incident) : `known: ${oneLine(known)}`,
    handlingText(incident),
    change === null
      ? ''
      : `suspect: ${oneLine(change.repository, mostName)}@${oneLine(change.sha, 10)} (${change.confidence} confidence)`,
    labelled('cause', facts?.causes[0]),
    labelled('next', facts?.nextSteps[0]),
  ]
    .filter(Boolean)
    .join('; ')
}

function labelled(label: string, text = ''): string {
  return text === '' ? '' : `${label}: ${oneLine(text).replace(/\.$/, '')}`
}

function who({ service, root }: Pick<StoredIncident, 'service' | 'root'>): string {
  const { kind, namespace, name } = root
  return oneLine(service ?? `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`, mostName)
}

function toldText({ told, coveredBy }: StoredIncident): string {
  if (told === null && coveredBy !== null) return `told with its cause [${coveredBy}]`
  return told === null ? 'nobody told' : `told ${oneLine(told.channel ?? 'Slack', mostName)} at ${told.since}`
}

function handlingText({ sev, known, told, coveredBy, handling }: StoredIncident): string {
  const { acknowledgement, silence } = handling
  if (told === null && coveredBy !== null) return ''
  if (acknowledgement !== null) return `acknowledged by ${oneLine(acknowledgement.by, mostName)}`
  return silence !== null || known !== null || sev > 'SEV-2' ? '' : 'not acknowledged'
}

function ordinal(count: number): string {
  const tens = count % 100
  const suffix = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th')
  return `${count}${suffix}`
}

/** A silence: whose, how long, by whom. */
export function silenceLine(silence: Silence): string {
  return `${shortLine(silence)} until ${silence.until}, by ${oneLine(silence.by, mostName)}`
}

/** What a cycle saw begin, change or end. */
export function changeLine({ state, sev, cluster, title, fingerprint }: Change): string {
  return `${state}: ${sev} on ${oneLine(cluster, mostName)}: ${oneLine(title)} [${fingerprint}]`
}

/** One verdict about a cluster's course, with whom it is about. */
export function trendLine(cluster: string, { verdict, confidence, why, about = [] }: TrendVerdict): string {
  const names = about.slice(0, 5).map((name) => oneLine(name, mostName))
  const more = about.length > names.length ? ` and ${about.length - names.length} more` : ''
  const whom = names.length === 0 ? '' : ` About ${names.join(', ')}${more}.`
  return `${verdict} on ${oneLine(cluster, mostName)} (${confidence} confidence): ${oneLine(why)}${whom}`
}

/** Cycles, newest first; those that follow each other and say the same share a line. */
export function cycleLines(cycles: readonly StoredCycle[]): string[] {
  const runs: { said: string; newest: StoredCycle; oldest: StoredCycle }[] = []
  for (const cycle of cycles) {
    const { cluster, status, open, resolved, engine } = cycle
    const who = `${oneLine(cluster, mostName)}: ${status}, ${open} open, ${resolved} resolved (${oneLine(engine, mostName)})`
    const last = runs.at(-1)
    if (last?.said === who) last.oldest = cycle
    else runs.push({ said: who, newest: cycle, oldest: cycle })
  }
  return runs.map(({ said, newest, oldest }) => {
    const upTo = `#${newest.id} ${toSeconds(newest.startedAt)}`
    return newest === oldest
      ? `${upTo} ${said}`
      : `${upTo} back to #${oldest.id} ${toSeconds(oldest.startedAt)} ${said}`
  })
}

/** An instant as another wrote it, without fractions of a second. */
function toSeconds(instant: string): string {
  return instant.replace(/\.\d+Z$/, 'Z')
}

/** Cycles that were folded. */
export function foldedLine({ cluster, from, to, cycles, mostOpen }: FoldedSpan): string {
  return `${from} to ${to} ${oneLine(cluster, mostName)}: ${cycles} cycles folded, at most ${mostOpen} open`
}

/** A pinned message, shortened: search_memory gives it whole. */
export function pinnedLine({ id, at, cluster, role, text }: StoredMessage): string {
  return `${at} ${role} on ${oneLine(cluster, mostName)}: ${oneLine(text, mostPinned)} [message ${id}]`
}

/** A message as it was written. Its further lines are set in, so that none of them can pass for a heading. */
export function messageBlock({ id, at, role, importance, text }: StoredMessage): string {
  const mark = importance === 'critical' ? ' (critical)' : ''
  return `${at} ${role}${mark}: ${setIn(text)} [message ${id}]`
}

/** A text of several lines, every line but the first two spaces in. */
export function setIn(text: string): string {
  return text.trim().replaceAll(/\r\n?/g, '\n').replaceAll('\n', '\n  ')
}
