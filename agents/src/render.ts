import { humanSpan, toMillis } from '@kubevigil/core/time'
import pc from 'picocolors'
import type { CycleReport, ReportedIncident } from './report.ts'

type Colours = ReturnType<typeof pc.createColors>

/**
 * The report as a person reads it: the state of the cluster first, then for each incident what is wrong, why, since when, what
 * changed, what was sent and what to do; then what could not be looked at.
 * @param colour whether the reader is a terminal
 */
export function renderReport(report: CycleReport, now: number, colour: boolean): string {
  const c = pc.createColors(colour)
  const over = report.incidents.filter((incident) => incident.state === 'resolved' && incident.notification === null)
  const rest = report.incidents.filter((incident) => !over.includes(incident))
  const incidents = rest.filter((incident) => incident.known === null && incident.sev !== 'SEV-4')
  const known = rest.filter((incident) => incident.known !== null)
  const minor = rest.filter((incident) => incident.known === null && incident.sev === 'SEV-4')
  const lines = [
    `${c.bold(report.cluster)}: ${statusWord(report, c)}  ${c.dim(howItRan(report))}`,
    ...incidents.flatMap((incident) => ['', ...incidentLines(incident, report.dryRun, now, c)]),
    ...section(
      'Known behaviour, nobody told:',
      known.map(
        (incident) =>
          `${incident.title} ${c.dim(`(${incident.known?.kind}${incident.known?.note ? `: ${incident.known.note}` : ''})`)}`,
      ),
      c,
    ),
    ...section(
      'Over, and nobody was told:',
      over.map((incident) => incident.title),
      c,
    ),
    ...section(
      'Logged only (SEV-4):',
      minor.map((incident) => incident.title),
      c,
    ),
    ...section('Could not look at:', gaps(report), c),
    ...section('Warnings:', report.warnings, c),
  ]
  return `${lines.join('\n')}\n`
}

/** Who judged, what that cost, how long it took; and why it was this engine, when that is not plain. */
function howItRan({ engine, engineNote, usage, durationMs }: CycleReport): string {
  const cost = usage.costUsd === 0 ? '' : ` for $${usage.costUsd.toFixed(4)}`
  const note = engineNote === '' ? '' : `; ${engineNote}`
  return `${engine} engine${cost}, ${(durationMs / 1000).toFixed(1)} s${note}`
}

function statusWord(report: CycleReport, c: Colours): string {
  const open = report.incidents.filter((incident) => incident.state !== 'resolved').length
  switch (report.status) {
    case 'healthy':
      return c.green('healthy')
    case 'unknown':
      return c.red('unknown: it could not be looked at')
    case 'critical':
      return c.red(`critical, ${open} ${open === 1 ? 'incident' : 'incidents'}`)
    case 'degraded':
      return c.yellow(`degraded, ${open} ${open === 1 ? 'incident' : 'incidents'}`)
  }
}

function incidentLines(incident: ReportedIncident, dryRun: boolean, now: number, c: Colours): string[] {
  if (incident.state === 'resolved') {
    return [`${c.green('RESOLVED')}  ${c.bold(incident.title)}`, ...field('message', sent(incident, dryRun), c)]
  }
  const since = toMillis(incident.since)
  const where = [incident.service, incident.priority].filter(Boolean).join(', ')
  const suspect = incident.correlation
  return [
    `${sevWord(incident.sev, c)}  ${c.bold(incident.title)}`,
    ...field('service', `${where}, ${incident.state}`, c),
    ...field('impact', incident.impact, c),
    ...field('since', since === undefined ? 'unknown' : `${incident.since} (${humanSpan(now - since)} ago)`, c),
    ...fields('seen', incident.evidence.slice(0, 3), c),
    ...field('why', incident.causes[0] ?? '', c),
    ...field(
      'change',
      suspect === null
        ? noChange[incident.changeVerdict ?? 'unknown']
        : `${suspect.repository}@${suspect.sha.slice(0, 8)} "${suspect.title}" (${suspect.confidence} confidence, ${suspect.score.toFixed(2)})`,
      c,
    ),
    ...field('', suspect?.url ?? '', c),
    ...field('judged', incident.reasons[0] ?? '', c),
    ...field('reading', incident.explanation, c),
    ...field(
      'doubtful',
      incident.flagged.length === 0 ? '' : `the model wrote what no evidence bears: ${incident.flagged.join(', ')}`,
      c,
    ),
    ...field('decided', incident.decision.reasons[0] ?? '', c),
    ...field('next', again(incident.decision.next, now), c),
    ...field('message', sent(incident, dryRun), c),
    ...fields('do', incident.nextSteps.slice(0, 3), c),
    ...fields('undo', incident.rollback.slice(0, 4), c),
  ]
}

/** What stands for a change that nobody can name. */
const noChange = {
  found: 'none found',
  none: 'none found',
  incomplete: 'not known: not every source answered',
  unknown: 'not known',
} as const

function again(next: string | null, now: number): string {
  const at = toMillis(next)
  return at === undefined ? '' : `${next} (in ${humanSpan(at - now)}), if it lasts`
}

function sent({ notification, decision }: ReportedIncident, dryRun: boolean): string {
  if (notification === null)
    return dryRun && decision.notify ? `would be sent in ${decision.channel} (dry run)` : 'nothing sent'
  const where = notification.channel === null ? '' : ` in ${notification.channel}`
  switch (notification.state) {
    case 'sent':
      return `sent${where}`
    case 'updated':
      return `updated${where}`
    case 'resolved':
      return `marked as resolved${where}`
    case 'ongoing':
    case 'unchanged':
      return `already told${where}, nothing new sent`
    case 'queued':
      return 'kept on disk until Slack takes it'
    default:
      return notification.state
  }
}

/** Sources that could not be read, a line a reason: rights are often missing for many kinds at once. */
function gaps(report: CycleReport): string[] {
  const missing = report.coverage.filter((entry) => entry.status !== 'ok' && entry.status !== 'absent')
  return [...Map.groupBy(missing, (entry) => entry.status).values()].flatMap((entries) =>
    entries.length <= 2
      ? entries.map(({ source, status, detail }) => `${source} (${status}): ${detail}`)
      : [
          `${entries.map(({ source }) => source).join(', ')} (${entries[0]?.status})`,
          `  such as: ${entries[0]?.detail}`,
        ],
  )
}

function section(title: string, items: string[], c: Colours): string[] {
  return items.length === 0 ? [] : ['', c.bold(title), ...items.map((item) => `  ${item}`)]
}

function field(name: string, value: string, c: Colours): string[] {
  return value === '' ? [] : [`  ${c.dim(name.padEnd(8))} ${value}`]
}

/** A line each, with the name before the first. */
function fields(name: string, values: readonly string[], c: Colours): string[] {
  return values.flatMap((value, index) => field(index === 0 ? name : '', value, c))
}

function sevWord(sev: string, c: Colours): string {
  return sev === 'SEV-1' ? c.bold(c.red(sev)) : sev === 'SEV-2' ? c.red(sev) : c.yellow(sev)
}
