import { expect, it } from 'vitest'
import { ago, condition, ended, object, waiting, workload } from '../../shared/core/src/detect/rules/testing.ts'
import { hour, minute } from '../../shared/core/src/time.ts'
import { app, crash, eventOn, log, podName, refusedBy, running, stalled, unscheduled } from './judge-apps.ts'
import { together, told, type Story } from './judge-cluster.ts'

/** Faults of pods and of what makes them, as public suites inject them: each cluster has one, and one incident is to come of it. */

const noRoom =
  'no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.'

it.each<[name: string, story: Story, expected: string[]]>([
  [
    'a wrong tag while the old replicas serve (ITBench invalid image)',
    {
      objects: together(
        app('checkout', {
          replicas: 2,
          ready: 1,
          conditions: stalled,
          broken: {
            phase: 'Pending',
            status: waiting(
              'ImagePullBackOff',
              'Back-off pulling image "registry.example.com/shop/checkout:9.9.9": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image: failed to resolve reference: registry.example.com/shop/checkout:9.9.9: not found',
            ),
          },
        }),
      ),
    },
    ['POD_IMAGE_PULL warning Deployment/shop/checkout'],
  ],
  [
    'a command that does not exist (ITBench invalid command)',
    {
      objects: app('ad', {
        replicas: 1,
        broken: {
          status: {
            ...waiting('CrashLoopBackOff', 'back-off'),
            restartCount: 5,
            lastState: {
              terminated: {
                exitCode: 128,
                reason: 'StartError',
                message:
                  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/invalid": stat /invalid: no such file or directory: unknown',
                startedAt: '1970-01-01T00:00:00Z',
                finishedAt: ago(minute),
              },
            },
          },
        },
      }),
    },
    ['POD_START_ERROR critical Deployment/shop/ad'],
  ],
  [
    'an image of another architecture (ITBench unsupported architecture)',
    {
      objects: app('ad', { replicas: 1, broken: crash(255) }),
      logs: { [`shop/${podName('ad')}`]: ['exec /usr/bin/java: exec format error'] },
    },
    ['POD_CRASH_LOOP critical Deployment/shop/ad'],
  ],
  [
    'a process that is out of memory at every start (Robusta oom_kill)',
    {
      objects: app('cache', {
        container: { resources: { limits: { memory: '20Mi' } } },
        broken: { status: { ...waiting('CrashLoopBackOff'), restartCount: 9, lastState: ended(137, 'OOMKilled') } },
      }),
    },
    ['POD_OOM_KILLED critical Deployment/shop/cache'],
  ],
  [
    'a variable that is missing (HolmesGPT, ITBench)',
    { objects: app('pay', { broken: crash(1) }), logs: { [`shop/${podName('pay')}`]: ["KeyError: 'DB_URL'"] } },
    ['POD_CRASH_LOOP critical Deployment/shop/pay'],
  ],
  [
    'a ConfigMap key that is not there (k8sgpt, HolmesGPT 79)',
    {
      objects: app('pay', {
        broken: {
          phase: 'Pending',
          status: waiting('CreateContainerConfigError', "couldn't find key url in ConfigMap shop/pay-config"),
        },
      }),
    },
    ['POD_CONFIG_ERROR critical ConfigMap/shop/pay-config: Deployment/shop/pay'],
  ],
  [
    'a volume of a ConfigMap that is missing',
    {
      objects: together(
        app('pay', {
          template: { volumes: [{ name: 'c', configMap: { name: 'pay-conf' } }] },
          broken: {
            phase: 'Pending',
            status: waiting('ContainerCreating'),
            spec: { volumes: [{ name: 'c', configMap: { name: 'pay-conf' } }] },
          },
        }),
        {
          events: [
            eventOn(
              'Pod',
              'shop',
              podName('pay'),
              'FailedMount',
              'MountVolume.SetUp failed for volume "c" : configmap "pay-conf" not found',
            ),
          ],
        },
      ),
    },
    ['POD_CONFIG_ERROR critical ConfigMap/shop/pay-conf: Deployment/shop/pay'],
  ],
  [
    'a native sidecar that crashes',
    {
      objects: app('web', {
        replicas: 1,
        broken: {
          phase: 'Running',
          status: running(20 * minute, { ready: true }),
          init: {
            spec: { restartPolicy: 'Always' },
            status: { ...waiting('CrashLoopBackOff'), restartCount: 7, lastState: ended(2, 'Error') },
          },
          podStatus: {
            conditions: [condition('Ready', 'False', 20 * minute), condition('PodScheduled', 'True', 20 * minute)],
          },
        },
      }),
    },
    ['POD_CRASH_LOOP critical Deployment/shop/web'],
  ],
  [
    'a liveness probe on the wrong port (k8sgpt, HolmesGPT)',
    {
      objects: together(
        app('web', {
          replicas: 1,
          broken: {
            container: { livenessProbe: { httpGet: { port: 9999 } } },
            status: { ...waiting('CrashLoopBackOff'), restartCount: 6, lastState: ended(137, 'Error') },
          },
        }),
        {
          events: [
            eventOn(
              'Pod',
              'shop',
              podName('web'),
              'Unhealthy',
              'Liveness probe failed: Get "http://10.1.1.1:9999/": dial tcp 10.1.1.1:9999: connect: connection refused',
            ),
          ],
        },
      ),
    },
    ['POD_LIVENESS_FAILED critical Deployment/shop/web'],
  ],
  [
    'a quota that is used up (ITBench resource quota)',
    {
      objects: together(
        app('web', {
          replicas: 3,
          ready: 1,
          broken: undefined,
          conditions: refusedBy(
            'pods "web-6b7c8d9f4-x" is forbidden: exceeded quota: compute, requested: limits.memory=1Gi, used: limits.memory=2Gi, limited: limits.memory=2Gi',
          ),
        }),
        {
          resourcequotas: [
            object('compute', { status: { hard: { 'limits.memory': '2Gi' }, used: { 'limits.memory': '2Gi' } } }),
          ],
        },
      ),
    },
    ['QUOTA_EXHAUSTED warning ResourceQuota/shop/compute: Deployment/shop/web'],
  ],
  [
    'a Pod Security level that turns pods away',
    {
      objects: app('web', {
        ready: 0,
        conditions: refusedBy(
          'pods "web-1" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
        ),
      }),
    },
    ['WORKLOAD_REPLICAS_REFUSED critical Deployment/shop/web'],
  ],
  [
    'a ServiceAccount that is missing',
    {
      objects: app('web', {
        ready: 0,
        conditions: refusedBy(
          'pods "web-6b7c8d9f4-" is forbidden: error looking up service account shop/web-sa: serviceaccount "web-sa" not found',
        ),
      }),
    },
    ['WORKLOAD_REPLICAS_REFUSED critical ServiceAccount/shop/web-sa: Deployment/shop/web'],
  ],
  [
    'pods no node has room for',
    { objects: app('big', { broken: unscheduled(`0/3 nodes are available: 3 Insufficient memory. ${noRoom}`) }) },
    ['POD_UNSCHEDULABLE critical Deployment/shop/big'],
  ],
  [
    'a node selector nobody matches',
    {
      objects: app('gpu', {
        broken: unscheduled(`0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. ${noRoom}`, {
          spec: { nodeSelector: { disk: 'ssd' } },
        }),
      }),
    },
    ['POD_UNSCHEDULABLE critical Deployment/shop/gpu'],
  ],
  [
    'a CronJob whose runs fail, one after the other',
    {
      objects: {
        cronjobs: [
          object('report', {
            metadata: { creationTimestamp: ago(48 * hour) },
            spec: { schedule: '0 * * * *', jobTemplate: { spec: {} } },
            status: { lastScheduleTime: ago(minute), lastSuccessfulTime: ago(30 * hour) },
          }),
        ],
        jobs: [1, 2, 3].map((index) =>
          object(`report-2938${index}000`, {
            metadata: {
              creationTimestamp: ago(index * hour),
              ownerReferences: [{ kind: 'CronJob', name: 'report', controller: true }],
            },
            spec: { backoffLimit: 1 },
            status: {
              failed: 2,
              conditions: [
                condition(
                  'Failed',
                  'True',
                  index * hour - 5 * minute,
                  'BackoffLimitExceeded',
                  'Job has reached the specified backoff limit',
                ),
              ],
            },
          }),
        ),
      },
    },
    ['CRONJOB_FAILING warning CronJob/shop/report'],
  ],
  [
    'a StatefulSet whose update sticks at a pod that crashes',
    {
      objects: together(
        app('mq', {
          kind: 'statefulsets',
          replicas: 3,
          ready: 2,
          service: false,
          broken: {
            name: 'mq-2',
            ownerReferences: [{ kind: 'StatefulSet', name: 'mq', controller: true }],
            ...crash(1),
          },
        }),
      ),
    },
    ['POD_CRASH_LOOP warning StatefulSet/shop/mq'],
  ],
  [
    'two faults that have nothing to do with each other',
    {
      objects: together(
        app('a', { broken: crash() }),
        app('b', { broken: { phase: 'Pending', status: waiting('ImagePullBackOff', 'manifest unknown') } }),
      ),
    },
    ['POD_CRASH_LOOP critical Deployment/shop/a', 'POD_IMAGE_PULL critical Deployment/shop/b'],
  ],
  [
    'a pull secret that is missing, and access refused for it',
    {
      objects: together(
        app('web', {
          template: { imagePullSecrets: [{ name: 'regcred' }] },
          broken: {
            phase: 'Pending',
            spec: { imagePullSecrets: [{ name: 'regcred' }] },
            status: waiting(
              'ImagePullBackOff',
              'failed to pull: pull access denied, repository does not exist or may require authorization: 401 Unauthorized',
            ),
          },
        }),
        {
          secrets: [object('other')],
          events: [
            eventOn(
              'Pod',
              'shop',
              podName('web'),
              'FailedToRetrieveImagePullSecret',
              'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
            ),
          ],
        },
      ),
    },
    ['POD_CONFIG_ERROR critical Secret/shop/regcred: Deployment/shop/web'],
  ],
  [
    'a LimitRange that turns pods away',
    {
      objects: app('web', {
        ready: 0,
        conditions: [
          condition('Available', 'False', 20 * minute),
          condition(
            'ReplicaFailure',
            'True',
            20 * minute,
            'FailedCreate',
            'pods "web-1" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi',
          ),
        ],
      }),
    },
    ['WORKLOAD_REPLICAS_REFUSED critical Deployment/shop/web'],
  ],
  [
    'a frozen init container (ITBench hanging init)',
    {
      objects: app('web', {
        broken: {
          phase: 'Pending',
          status: waiting('PodInitializing'),
          init: {
            spec: { command: ['sleep', 'infinity'] },
            status: { ready: false, started: true, state: { running: { startedAt: ago(20 * minute) } } },
          },
        },
      }),
    },
    ['POD_INIT_STUCK critical Deployment/shop/web'],
  ],
  [
    'a migration that fails before the app starts',
    {
      objects: app('web', {
        broken: {
          phase: 'Pending',
          status: waiting('PodInitializing'),
          init: { status: { ...waiting('CrashLoopBackOff'), restartCount: 5, lastState: ended(1, 'Error') } },
        },
      }),
    },
    ['POD_INIT_FAILED critical Deployment/shop/web'],
  ],
  [
    'a readiness probe on a path that is gone, while the old replicas serve',
    {
      objects: together(
        app('web', {
          replicas: 3,
          ready: 2,
          broken: {
            container: { readinessProbe: { httpGet: { path: '/healthz', port: 8080 } } },
            status: running(20 * minute),
          },
        }),
        {
          events: [
            eventOn(
              'Pod',
              'shop',
              podName('web'),
              'Unhealthy',
              'Readiness probe failed: HTTP probe failed with statuscode: 404',
            ),
          ],
        },
      ),
    },
    ['POD_NOT_READY warning Deployment/shop/web'],
  ],
  [
    'an API key that lacks a permission (HolmesGPT 81)',
    {
      objects: app('op', { broken: crash() }),
      logs: log(
        'op',
        'pods is forbidden: User "system:serviceaccount:shop:op" cannot list resource "pods" in API group "" in the namespace "shop"',
      ),
    },
    ['POD_CRASH_LOOP critical Deployment/shop/op'],
  ],
  [
    'a ReplicaSet without a Deployment that cannot make pods',
    {
      objects: {
        replicasets: [
          workload({
            name: 'solo',
            ready: 0,
            conditions: [
              condition(
                'ReplicaFailure',
                'True',
                20 * minute,
                'FailedCreate',
                'pods "solo-" is forbidden: unable to validate against any security context constraint',
              ),
            ],
          }),
        ],
      },
    },
    ['WORKLOAD_REPLICAS_REFUSED critical ReplicaSet/shop/solo'],
  ],
])('%s', (_name, story, expected) => {
  expect(told(story)).toEqual(expected)
})
