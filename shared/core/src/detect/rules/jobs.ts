import type { Finding, ObjectRef } from '../../incident.ts'
import { conditionOf, controllerOf, type KubernetesObject } from '../../kubernetes.ts'
import { hour, toMillis } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { dependenciesOf } from '../hosts.ts'
import { refOf } from '../objects.ts'
import { createdAt, refOfPod } from '../pods.ts'
import { inNamespace, quote } from '../text.ts'

/** A Job that is active for longer may hang (Radar: 1 h); one with a deadline of its own ends by that. */
const longRun = hour

/** Jobs that failed for good, and those that run on and on. Failed runs of CronJobs are judged together, by `cronjobs`. */
export const jobs: Rule = {
  codes: ['JOB_FAILED', 'JOB_RUNS_LONG'],
  detect: (context) => [
    ...context.snapshot.objects.jobs
      .filter((job) => controllerOf(job)?.kind !== 'CronJob' && hasFailed(job))
      .map((job) => failedJob(context, job)),
    ...context.snapshot.objects.jobs.filter((job) => runsLong(context.now, job)).map((job) => longJob(context, job)),
  ],
}

/** The Failed condition is the Job's own verdict; failed tries alone (status.failed) are not (k8sgpt's false alarm). */
export function hasFailed(job: KubernetesObject): boolean {
  const done =
    conditionOf(job, 'Complete')?.status === 'True' || conditionOf(job, 'SuccessCriteriaMet')?.status === 'True'
  return !done && conditionOf(job, 'Failed')?.status === 'True'
}

function failedJob(context: DetectContext, job: KubernetesObject): Finding {
  const ref = refOf('jobs', job)
  const failed = conditionOf(job, 'Failed')!
  const pods = context.podsOf(ref).filter(({ status }) => status.phase === 'Failed')
  // Its pods are alike: what one names, all need.
  const dependsOn = pods.slice(0, 1).flatMap((pod) => dependenciesOf(context, pod))
  return finding(context, {
    rule: 'JOB_FAILED',
    severity: 'warning',
    owner: ref,
    fault: `failed: ${failed.reason ?? 'no reason given'}`,
    since: toMillis(failed.lastTransitionTime) ?? createdAt(job),
    evidence: [
      quote(failed.message),
      `Failed pods: ${(job.status?.['failed'] as number | undefined) ?? 0}`,
      ...podEnds(context, ref),
    ],
    causes: causesOf(failed.reason),
    nextSteps: [
      `kubectl ${inNamespace(ref.namespace)}logs job/${ref.name} --tail=100`,
      `kubectl ${inNamespace(ref.namespace)}describe job ${ref.name}`,
    ],
    links: dependsOn.length > 0 ? { dependsOn } : {},
    ...(pods.length > 0 ? { objects: pods.map(refOfPod) } : {}),
  })
}

function runsLong(now: number, { spec, status, metadata }: KubernetesObject): boolean {
  const started = toMillis(status?.['startTime'] as string | undefined)
  const active = Number(status?.['active'] ?? 0) > 0
  const bounded = spec?.['activeDeadlineSeconds'] !== undefined || spec?.['suspend'] === true
  return (
    active && !bounded && metadata.deletionTimestamp === undefined && started !== undefined && now - started >= longRun
  )
}

function longJob(context: DetectContext, job: KubernetesObject): Finding {
  const ref = refOf('jobs', job)
  const started = job.status?.['startTime'] as string
  return finding(context, {
    rule: 'JOB_RUNS_LONG',
    severity: 'info',
    owner: ref,
    fault: 'runs for more than an hour and has not completed',
    since: toMillis(started),
    evidence: [`Started ${started}, no activeDeadlineSeconds`],
    causes: ['It has much to do', 'It hangs, or a sidecar in its pod does not end'],
    nextSteps: [
      `kubectl ${inNamespace(ref.namespace)}logs job/${ref.name} --all-containers --tail=100`,
      `Set activeDeadlineSeconds in Job ${ref.name} to bound it`,
    ],
  })
}

/** How the newest failed pods of a Job ended, as far as they are still there. */
export function podEnds(context: DetectContext, owner: ObjectRef): string[] {
  const ends = context
    .podsOf(owner)
    .filter(({ status }) => status.phase === 'Failed')
    .flatMap((pod) =>
      (pod.status.containerStatuses ?? []).map(({ name, state }) => ({ name, ended: state?.terminated })),
    )
    .filter(({ ended }) => ended !== undefined && ended.exitCode !== 0)
    .map(({ name, ended }) => `${name}: exit ${ended?.exitCode} (${ended?.reason ?? 'no reason'})`)
  return [...new Set(ends)].slice(0, 3)
}

/** Likely causes by the reason of a Job's Failed condition. */
export function causesOf(reason: string | undefined): string[] {
  if (reason === 'DeadlineExceeded')
    return ['It takes longer than activeDeadlineSeconds allows', 'It waits for something that does not answer']
  return ['Its program fails: the log of its last pod tells', 'Configuration or something it depends on is missing']
}
