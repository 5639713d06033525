import type { KubernetesObject, Pod } from '../../shared/core/src/kubernetes.ts'
import { day, hour, minute, toInstant } from '../../shared/core/src/time.ts'

/** Hours of the night, and the night (counted from Monday's) in which the first try fails. */
const backup = { at: 2 * hour, takes: 25 * minute, failsOn: 3 }

/** A backup every night; on one of them its first pod fails and the Job's second try ends well. */
export function nightlyBackup(
  now: number,
  monday: number,
): { cronjob: KubernetesObject; job: KubernetesObject; pods: Pod[] } {
  const on = Math.floor((now - monday - backup.at) / day)
  const start = monday + on * day + backup.at
  const isDone = now >= start + backup.takes
  const failed = on === backup.failsOn && now >= start + 5 * minute
  const name = `backup-${Math.floor(start / minute)}`
  const owner = [{ kind: 'CronJob', name: 'backup', controller: true }]
  const base = { namespace: 'default', creationTimestamp: toInstant(start) }
  const tries: Pod[] = [
    ...(failed ? [{ name: `${name}-first`, phase: 'Failed', exitCode: 1 }] : []),
    { name: `${name}-last`, phase: isDone ? 'Succeeded' : 'Running', exitCode: 0 },
  ].map(({ name: pod, phase, exitCode }) => ({
    metadata: { ...base, name: pod, uid: pod, ownerReferences: [{ kind: 'Job', name, controller: true }] },
    spec: { nodeName: 'node-1', restartPolicy: 'Never', containers: [{ name: 'backup', image: 'backup:1' }] },
    status: {
      phase,
      containerStatuses: [
        {
          name: 'backup',
          ready: phase === 'Running',
          restartCount: 0,
          state:
            phase === 'Running'
              ? { running: { startedAt: toInstant(start) } }
              : {
                  terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedAt: toInstant(now) },
                },
        },
      ],
    },
  }))
  return {
    pods: tries,
    cronjob: {
      metadata: { ...base, name: 'backup', creationTimestamp: toInstant(monday - 30 * day) },
      spec: { schedule: '0 2 * * *', jobTemplate: { spec: {} } },
      status: { lastScheduleTime: toInstant(start) },
    },
    job: {
      metadata: { ...base, name, uid: name, ownerReferences: owner },
      spec: { backoffLimit: 6 },
      status: isDone
        ? {
            succeeded: 1,
            failed: failed ? 1 : 0,
            startTime: toInstant(start),
            conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: toInstant(start + backup.takes) }],
          }
        : { active: 1, failed: failed ? 1 : 0, startTime: toInstant(start) },
    },
  }
}
