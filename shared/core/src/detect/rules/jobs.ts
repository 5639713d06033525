import type { Finding, ObjectRef } from '../../incident.ts'
import { conditionOf, controllerOf, type KubernetesObject } from '../../kubernetes.ts'
import { toMillis } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { createdAt } from '../pods.ts'
import { inNamespace, quote } from '../text.ts'

/** Jobs that failed for good. Runs of CronJobs are judged together, by `cronjobs`. */
export const jobs: Rule = {
  codes: ['JOB_FAILED'],
  detect: (context) =>
    context.snapshot.objects.jobs
      .filter((job) => controllerOf(job)?.kind !== 'CronJob' && hasFailed(job))
      .map((job) => failedJob(context, job)),
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
