import { expect, it } from 'vitest'
import { ago, condition, custom, object, waiting } from '../../shared/core/src/detect/rules/testing.ts'
import { day, hour, minute } from '../../shared/core/src/time.ts'
import { app, autoscaler, crash, eventOn, pulls, refusedBy, serviceOf, sliceOf } from './judge-apps.ts'
import { together, told, type Story } from './judge-cluster.ts'

/** Faults of what runs the workloads: registries, webhooks, aggregated APIs, autoscalers, GitOps, operators, ingress. */

const noMetrics = condition(
  'ScalingActive',
  'False',
  18 * minute,
  'FailedGetResourceMetric',
  'unable to fetch metrics from resource metrics API: the server is currently unable to handle the request',
)
const unserved = (name: string, service: object) => ({
  metadata: { name },
  spec: { service },
  status: {
    conditions: [condition('Available', 'False', 20 * minute, 'MissingEndpoints', 'endpoints have no addresses')],
  },
})

it.each<[name: string, story: Story, expected: string[]]>([
  [
    'a sidecar injector that is down, and what cannot be created without it (Istio)',
    {
      objects: together(
        app('istiod', { namespace: 'monitoring', replicas: 1, since: 40 * minute, broken: crash(1) }),
        app('web', {
          ready: 0,
          since: 20 * minute,
          conditions: refusedBy(
            'Internal error occurred: failed calling webhook "namespace.sidecar-injector.istio.io": failed to call webhook: Post "https://istiod.monitoring.svc:443/inject?timeout=10s": no endpoints available for service "istiod"',
          ),
        }),
        app('api', {
          ready: 0,
          since: 20 * minute,
          conditions: refusedBy(
            'Internal error occurred: failed calling webhook "namespace.sidecar-injector.istio.io": failed to call webhook: Post "https://istiod.monitoring.svc:443/inject?timeout=10s": no endpoints available for service "istiod"',
          ),
        }),
        {
          mutatingwebhookconfigurations: [
            {
              metadata: { name: 'istio-sidecar-injector' },
              webhooks: [
                {
                  name: 'namespace.sidecar-injector.istio.io',
                  failurePolicy: 'Fail',
                  clientConfig: { service: { namespace: 'monitoring', name: 'istiod' } },
                },
              ],
            },
          ],
        },
      ),
    },
    [
      'POD_CRASH_LOOP critical Deployment/monitoring/istiod: Deployment/shop/api Deployment/shop/web MutatingWebhookConfiguration//istio-sidecar-injector',
    ],
  ],
  [
    'a registry that does not answer',
    {
      objects: together(
        ...['a', 'b', 'c'].map((name) =>
          app(name, {
            broken: pulls(
              'failed to do request: Head "https://registry.example.com/v2/x/manifests/1": dial tcp 10.9.9.9:443: i/o timeout',
            ),
          }),
        ),
      ),
    },
    [
      'REGISTRY_UNAVAILABLE critical Registry//registry.example.com: Deployment/shop/a Deployment/shop/b Deployment/shop/c',
    ],
  ],
  [
    'a registry that answers 503',
    {
      objects: together(
        ...['a', 'b'].map((name) =>
          app(name, {
            broken: pulls(
              'unexpected status from HEAD request to https://registry.example.com/v2/x/manifests/1: 503 Service Unavailable',
            ),
          }),
        ),
      ),
    },
    ['REGISTRY_UNAVAILABLE critical Registry//registry.example.com: Deployment/shop/a Deployment/shop/b'],
  ],
  [
    'metrics-server that crashes, its API and the autoscalers',
    {
      objects: together(
        app('metrics-server', { namespace: 'kube-system', replicas: 1, since: 25 * minute, broken: crash() }),
        app('web'),
        app('api'),
        {
          apiservices: [unserved('v1beta1.metrics.k8s.io', { namespace: 'kube-system', name: 'metrics-server' })],
          horizontalpodautoscalers: [autoscaler('web', 'web', noMetrics), autoscaler('api', 'api', noMetrics)],
        },
      ),
    },
    [
      'POD_CRASH_LOOP critical Deployment/kube-system/metrics-server: APIService//v1beta1.metrics.k8s.io HorizontalPodAutoscaler/shop/api HorizontalPodAutoscaler/shop/web',
    ],
  ],
  [
    'no metrics API at all, and autoscalers that want one',
    {
      objects: together(app('web'), app('api'), {
        apiservices: [
          { metadata: { name: 'v1.apps' }, status: { conditions: [condition('Available', 'True', hour)] } },
        ],
        horizontalpodautoscalers: [autoscaler('web', 'web', noMetrics), autoscaler('api', 'api', noMetrics)],
      }),
    },
    [
      'APISERVICE_MISSING warning APIService//v1beta1.metrics.k8s.io: HorizontalPodAutoscaler/shop/api HorizontalPodAutoscaler/shop/web',
    ],
  ],
  [
    'the same where the list of APIs came empty: nothing is known to be missing',
    {
      objects: together(app('web'), app('api'), {
        horizontalpodautoscalers: [autoscaler('web', 'web', noMetrics), autoscaler('api', 'api', noMetrics)],
      }),
    },
    ['HPA_DEGRADED warning HorizontalPodAutoscaler/shop/api', 'HPA_DEGRADED warning HorizontalPodAutoscaler/shop/web'],
  ],
  [
    'an autoscaler of a Deployment that is not there',
    {
      objects: {
        horizontalpodautoscalers: [
          autoscaler('web', 'wbe', condition('AbleToScale', 'False', 30 * minute, 'FailedGetScale')),
        ],
      },
    },
    ['HPA_TARGET_MISSING warning HorizontalPodAutoscaler/shop/web'],
  ],
  [
    'a policy engine that is down and refuses everything (Kyverno, Gatekeeper)',
    {
      objects: together(
        app('policy', { namespace: 'monitoring', since: 40 * minute, broken: crash() }),
        ...['a', 'b'].map((name) =>
          app(name, {
            ready: 1,
            conditions: [
              condition(
                'ReplicaFailure',
                'True',
                20 * minute,
                'FailedCreate',
                'Internal error occurred: failed calling webhook "validate.policy.svc": failed to call webhook: Post "https://policy.monitoring.svc:443/validate": dial tcp 10.96.0.6:443: connect: connection refused',
              ),
            ],
          }),
        ),
        {
          validatingwebhookconfigurations: [
            {
              metadata: { name: 'policy' },
              webhooks: [
                { name: 'validate.policy.svc', clientConfig: { service: { namespace: 'monitoring', name: 'policy' } } },
              ],
            },
          ],
        },
      ),
    },
    [
      'POD_CRASH_LOOP critical Deployment/monitoring/policy: Deployment/shop/a Deployment/shop/b ValidatingWebhookConfiguration//policy',
    ],
  ],
  [
    'a namespace that cannot be deleted because an API is not served',
    {
      objects: {
        namespaces: [
          {
            metadata: { name: 'old', creationTimestamp: ago(72 * hour), deletionTimestamp: ago(2 * hour) },
            spec: { finalizers: ['kubernetes'] },
            status: {
              phase: 'Terminating',
              conditions: [
                condition(
                  'NamespaceDeletionDiscoveryFailure',
                  'True',
                  2 * hour,
                  'DiscoveryFailed',
                  'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: custom.metrics.k8s.io/v1beta1: stale GroupVersion discovery: custom.metrics.k8s.io/v1beta1',
                ),
              ],
            },
          },
        ],
        apiservices: [
          {
            metadata: { name: 'v1beta1.custom.metrics.k8s.io' },
            spec: { service: { namespace: 'monitoring', name: 'adapter' } },
            status: {
              conditions: [
                condition(
                  'Available',
                  'False',
                  5 * hour,
                  'ServiceNotFound',
                  'service/adapter in "monitoring" is not present',
                ),
              ],
            },
          },
        ],
      },
    },
    ['APISERVICE_UNAVAILABLE warning APIService//v1beta1.custom.metrics.k8s.io: Namespace//old'],
  ],
  [
    'an Argo CD Application that is degraded by its Deployment',
    {
      objects: together(app('web', { broken: crash() }), {
        applications: [
          object('shop', {
            metadata: { namespace: 'argocd' },
            spec: { destination: { namespace: 'shop' } },
            status: {
              health: { status: 'Degraded' },
              sync: { status: 'Synced' },
              resources: [{ kind: 'Deployment', namespace: 'shop', name: 'web' }],
            },
          }),
        ],
      }),
    },
    ['POD_CRASH_LOOP critical Deployment/shop/web: Application/argocd/shop'],
  ],
  [
    'a Flux Kustomization whose health check fails for its Deployment',
    {
      objects: together(
        app('web', {
          metadata: {
            labels: {
              app: 'web',
              'kustomize.toolkit.fluxcd.io/name': 'apps',
              'kustomize.toolkit.fluxcd.io/namespace': 'shop',
            },
          },
          broken: crash(),
        }),
        {
          customresources: [
            custom('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'apps', {
              status: {
                conditions: [
                  condition(
                    'Ready',
                    'False',
                    15 * minute,
                    'HealthCheckFailed',
                    "timeout waiting for: [Deployment/shop/web status: 'InProgress']",
                  ),
                ],
              },
            }),
          ],
        },
      ),
    },
    ['POD_CRASH_LOOP critical Deployment/shop/web: Kustomization/shop/apps'],
  ],
  [
    'an ingress controller that crashes',
    {
      objects: together(app('ingress-nginx', { namespace: 'monitoring', broken: crash() }), app('web'), {
        ingressclasses: [object('nginx', { metadata: { namespace: undefined } })],
        ingresses: [
          object('web', {
            spec: {
              ingressClassName: 'nginx',
              rules: [{ http: { paths: [{ backend: { service: { name: 'web', port: { number: 80 } } } }] } }],
            },
          }),
        ],
      }),
    },
    ['POD_CRASH_LOOP critical Deployment/monitoring/ingress-nginx'],
  ],
  [
    'an ExternalSecret that is not synced, and pods that miss its Secret',
    {
      objects: together(
        app('web', {
          broken: { phase: 'Pending', status: waiting('CreateContainerConfigError', 'secret "db" not found') },
        }),
        {
          customresources: [
            custom('external-secrets.io/v1', 'ExternalSecret', 'db', {
              spec: { target: { name: 'db' } },
              status: {
                conditions: [
                  condition('Ready', 'False', hour, 'SecretSyncedError', 'could not get secret data from provider'),
                ],
              },
            }),
          ],
        },
      ),
    },
    ['EXTERNAL_SECRET_NOT_SYNCED critical ExternalSecret/shop/db: Deployment/shop/web'],
  ],
  [
    'a load balancer without an address',
    {
      objects: {
        services: [serviceOf('bystander-lb', 'shop', 8080, { type: 'LoadBalancer', selector: { app: 'bystander' } })],
        endpointslices: [sliceOf('bystander-lb', 'shop', 2)],
        events: [
          eventOn(
            'Service',
            'shop',
            'bystander-lb',
            'SyncLoadBalancerFailed',
            'Error syncing load balancer: failed to ensure load balancer: could not find any suitable subnets',
          ),
        ],
      },
    },
    ['SERVICE_NO_ADDRESS warning Service/shop/bystander-lb'],
  ],
  [
    'an Ingress whose Service is missing',
    {
      objects: {
        ingresses: [
          object('web', {
            spec: {
              rules: [
                { http: { paths: [{ path: '/', backend: { service: { name: 'gone', port: { number: 80 } } } }] } },
              ],
            },
          }),
        ],
      },
    },
    ['INGRESS_BACKEND_MISSING warning Ingress/shop/web'],
  ],
  [
    'a Gateway of a class that does not exist',
    {
      objects: {
        customresources: [
          custom('gateway.networking.k8s.io/v1', 'Gateway', 'edge', {
            spec: { gatewayClassName: 'nope', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
          }),
        ],
      },
      gaps: { 'gatewayclasses.gateway.networking.k8s.io': 'ok' },
    },
    ['GATEWAY_NOT_PROGRAMMED warning Gateway/shop/edge'],
  ],
  [
    'cert-manager that is down: its webhook refuses, its issuer is not ready',
    {
      objects: together(app('cert-manager-webhook', { namespace: 'monitoring', replicas: 1, broken: crash() }), {
        validatingwebhookconfigurations: [
          {
            metadata: { name: 'cert-manager-webhook' },
            webhooks: [
              {
                name: 'webhook.cert-manager.io',
                clientConfig: { service: { namespace: 'monitoring', name: 'cert-manager-webhook' } },
              },
            ],
          },
        ],
      }),
    },
    [
      'POD_CRASH_LOOP critical Deployment/monitoring/cert-manager-webhook: ValidatingWebhookConfiguration//cert-manager-webhook',
    ],
  ],
  [
    'a failed rollout that an Argo CD sync brought',
    {
      objects: together(
        app('web', {
          replicas: 2,
          ready: 1,
          conditions: [
            condition('Available', 'True', day),
            condition('Progressing', 'False', 10 * minute, 'ProgressDeadlineExceeded'),
          ],
          broken: crash(),
        }),
        {
          applications: [
            object('web', {
              metadata: { namespace: 'argocd' },
              spec: { syncPolicy: { automated: {} } },
              status: {
                health: { status: 'Degraded' },
                sync: { status: 'Synced' },
                resources: [{ kind: 'Deployment', namespace: 'shop', name: 'web' }],
              },
            }),
          ],
        },
      ),
    },
    ['POD_CRASH_LOOP warning Deployment/shop/web: Application/argocd/web'],
  ],
  [
    'a HelmRelease that failed to upgrade',
    {
      objects: {
        customresources: [
          custom('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'web', {
            status: {
              conditions: [
                condition(
                  'Ready',
                  'False',
                  hour,
                  'UpgradeFailed',
                  "Helm upgrade failed: values don't meet the specifications of the schema",
                ),
              ],
            },
          }),
        ],
      },
    },
    ['FLUX_NOT_READY warning HelmRelease/shop/web'],
  ],
  [
    'a Git repository Flux cannot reach, and what comes from it',
    {
      objects: {
        customresources: [
          custom('source.toolkit.fluxcd.io/v1', 'GitRepository', 'infra', {
            status: {
              conditions: [
                condition(
                  'Ready',
                  'False',
                  2 * hour,
                  'GitOperationFailed',
                  'failed to checkout: authentication required',
                ),
              ],
            },
          }),
          custom('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'apps', {
            spec: { sourceRef: { kind: 'GitRepository', name: 'infra' } },
            status: { conditions: [condition('Ready', 'False', hour, 'ArtifactFailed', 'Source artifact not found')] },
          }),
        ],
      },
    },
    ['FLUX_SOURCE_FAILED warning GitRepository/shop/infra: Kustomization/shop/apps'],
  ],
  [
    'an autoscaler at its maximum for long',
    {
      objects: together(app('web'), {
        horizontalpodautoscalers: [
          object('web', {
            spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 2 },
            status: {
              currentReplicas: 2,
              desiredReplicas: 2,
              conditions: [
                condition(
                  'ScalingLimited',
                  'True',
                  hour,
                  'TooManyReplicas',
                  'the desired replica count is more than the maximum replica count',
                ),
              ],
            },
          }),
        ],
      }),
    },
    ['HPA_MAXED_OUT warning HorizontalPodAutoscaler/shop/web'],
  ],
])('%s', (_name, story, expected) => {
  expect(told(story)).toEqual(expected)
})
