import type { Finding } from '../../incident.ts'
import { conditionOf, controllerOf, eventTimes, type KubernetesObject } from '../../kubernetes.ts'
import { day, hour, minute, toMillis } from '../../time.ts'
import { dueTimes } from '../cron.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { createdAt } from '../pods.ts'
import { inNamespace, quote } from '../text.ts'
import { causesOf, hasFailed, podEnds } from './jobs.ts'

/** The controller looks every ten seconds and may start a backlog; a run this late is still on time. */
const lateness = 5 * minute
/** One run left out can be chance (a controller restart); two in a row are a fault (Radar: stale after two periods). */
const missedToCount = 2
/** Schedules in a zone of their own are judged in UTC with this much slack. */
const zoneSlack = day
/** A run that blocks the next ones because the CronJob forbids two at once. */
const longRun = hour

/** CronJobs whose newest run failed, and CronJobs that do not run when they are due. */
export const cronjobs: Rule = {
  codes: ['CRONJOB_FAILING', 'CRONJOB_MISSED'],
  detect: (context) => {
    const { jobs, cronjobs } = context.snapshot.objects
    const runs = Map.groupBy(jobs, (job) => {
      const owner = controllerOf(job)
      return owner?.kind === 'CronJob' ? `${job.metadata.namespace}/${owner.name}` : ''
    })
    const events = failureEvents(context)
    return cronjobs.flatMap((cronJob) => {
      const key = `${cronJob.metadata.namespace}/${cronJob.metadata.name}`
      return [...failing(context, cronJob, runs.get(key) ?? [], events.get(key) ?? []), ...missed(context, cronJob)]
    })
  },
}

function failing(
  context: DetectContext,
  cronJob: KubernetesObject,
  owned: readonly KubernetesObject[],
  failures: readonly number[],
): Finding[] {
  const ref = refOf('cronjobs', cronJob)
  if (cronJob.spec?.['suspend'] === true) return []
  const runs = owned
    .filter((job) => hasFailed(job) || conditionOf(job, 'Complete')?.status === 'True')
    .sort((a, b) => createdAt(b) - createdAt(a))
  const newest = runs[0]
  const succeeded = toMillis(cronJob.status?.['lastSuccessfulTime'] as string | undefined) ?? 0
  if (newest === undefined || !hasFailed(newest) || createdAt(newest) < succeeded) return []
  const failed = runs.filter((job) => hasFailed(job) && createdAt(job) >= succeeded)
  const verdict = conditionOf(newest, 'Failed')!
  return [
    finding(context, {
      rule: 'CRONJOB_FAILING',
      severity: 'warning',
      owner: ref,
      fault: `its runs fail: ${verdict.reason ?? 'no reason given'}`,
      since: Math.min(
        toMillis(conditionOf(failed.at(-1)!, 'Failed')?.lastTransitionTime) ?? createdAt(failed.at(-1)!),
        ...failures.filter((moment) => moment > succeeded),
      ),
      evidence: [
        `Newest run ${newest.metadata.name}: ${quote(verdict.message)}`,
        succeeded > 0 ? `Last success ${String(cronJob.status?.['lastSuccessfulTime'])}` : 'It has never succeeded',
        ...podEnds(context, ref),
      ],
      causes: causesOf(verdict.reason),
      nextSteps: [`kubectl ${inNamespace(ref.namespace)}logs job/${newest.metadata.name} --tail=100`],
      objects: failed.map((job) => refOf('jobs', job)),
    }),
  ]
}

function missed(context: DetectContext, cronJob: KubernetesObject): Finding[] {
  const ref = refOf('cronjobs', cronJob)
  const { schedule, suspend, timeZone, concurrencyPolicy } = (cronJob.spec ?? {}) as {
    schedule?: string
    suspend?: boolean
    timeZone?: string
    concurrencyPolicy?: string
  }
  if (schedule === undefined || suspend === true) return []
  const last = toMillis(cronJob.status?.['lastScheduleTime'] as string | undefined) ?? createdAt(cronJob)
  const slack = timeZone === undefined ? lateness : zoneSlack
  const due = dueTimes(schedule, last + slack, context.now - lateness, missedToCount)
  if (due !== undefined && due.length < missedToCount) return []
  const active = ((cronJob.status?.['active'] ?? []) as { name?: string }[]).map(({ name }) => name ?? '')
  const blocked = concurrencyPolicy === 'Forbid' && active.length > 0
  if (blocked && context.now - last < longRun) return []
  return [
    finding(context, {
      rule: 'CRONJOB_MISSED',
      severity: 'warning',
      owner: ref,
      fault:
        due === undefined
          ? `its schedule cannot be read: ${quote(schedule, 60)}`
          : blocked
            ? 'runs are left out because one does not end'
            : 'runs are left out',
      since:
        due === undefined ? createdAt(cronJob) : dueTimes(schedule, last + slack, context.now - lateness, 1000)?.at(-1),
      evidence: [
        `Schedule ${quote(schedule, 60)}${timeZone === undefined ? '' : ` (${timeZone})`}, last run ${(cronJob.status?.['lastScheduleTime'] as string | undefined) ?? 'never'}`,
        blocked && `Still running: ${active.join(', ')}`,
      ],
      causes:
        due === undefined
          ? ['The schedule was never valid, or a newer version wrote it']
          : [
              'Runs start later than startingDeadlineSeconds allows',
              'kube-controller-manager was down or is overloaded',
              'A quota or policy refuses the Job',
            ],
      nextSteps: [`kubectl ${inNamespace(ref.namespace)}describe cronjob ${ref.name}`],
    }),
  ]
}

/** Failures of runs by CronJob: the runs themselves are collected, their events stay an hour. */
function failureEvents({ events }: DetectContext): Map<string, number[]> {
  const moments = new Map<string, number[]>()
  for (const { reason, involvedObject: job, ...event } of events) {
    if (job.kind !== 'Job' || (reason !== 'BackoffLimitExceeded' && reason !== 'DeadlineExceeded')) continue
    const key = `${job.namespace}/${job.name?.replace(/-\d+$/, '')}`
    const first = toMillis(eventTimes({ ...event, involvedObject: job }).first)
    if (first !== undefined) moments.set(key, [...(moments.get(key) ?? []), first])
  }
  return moments
}
