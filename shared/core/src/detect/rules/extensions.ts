import type { Finding, ObjectRef } from '../../incident.ts'
import { conditionOf, type KubernetesObject } from '../../kubernetes.ts'
import { minute, toMillis } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { nameOf, quote } from '../text.ts'

/** Aggregated APIs blink when their pods roll over. */
const apiGrace = 2 * minute

interface Webhook {
  name?: string
  failurePolicy?: string
  clientConfig?: { service?: { namespace?: string; name?: string } }
}

/** Servers the API server itself depends on: admission webhooks and aggregated APIs. */
export const extensions: Rule = {
  codes: ['WEBHOOK_UNAVAILABLE', 'APISERVICE_UNAVAILABLE'],
  detect: (context) => [
    ...(['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'] as const).flatMap((kind) =>
      context.snapshot.objects[kind].flatMap((configuration) =>
        webhookFindings(context, refOf(kind, configuration), configuration),
      ),
    ),
    ...context.snapshot.objects.apiservices.flatMap((service) => apiFindings(context, service)),
  ],
}

function webhookFindings(context: DetectContext, ref: ObjectRef, configuration: KubernetesObject): Finding[] {
  const blocking = ((configuration['webhooks'] ?? []) as Webhook[])
    // The default is Fail: what matches cannot be created or changed while nobody answers.
    .filter(({ failurePolicy }) => failurePolicy !== 'Ignore')
    .filter(({ clientConfig }) => clientConfig?.service?.name !== undefined)
  const dead = blocking
    .map(({ name, clientConfig }) => ({
      name,
      ref: {
        kind: 'Service',
        namespace: clientConfig?.service?.namespace ?? '',
        name: clientConfig?.service?.name ?? '',
      },
    }))
    .map((webhook) => ({ ...webhook, why: whyDead(context, webhook.ref) }))
    .filter(({ why }) => why !== undefined)
  const first = dead[0]
  if (first === undefined) return []
  return [
    finding(context, {
      rule: 'WEBHOOK_UNAVAILABLE',
      severity: 'critical',
      owner: ref,
      fault: `nothing answers its webhook ${first.name}, so what it must approve is refused`,
      evidence: dead
        .slice(0, 3)
        .map(({ name, ref: service, why }) => `Webhook ${name}, failurePolicy Fail: ${nameOf(service)} ${why}`),
      causes: ['The pods behind its Service are down', 'It was uninstalled and its configuration left behind'],
      nextSteps: [
        `kubectl describe ${ref.kind.toLowerCase()} ${ref.name}`,
        `kubectl -n ${first.ref.namespace} get pods,endpointslices`,
        `If it blocks its own pods, exempt namespace ${first.ref.namespace} in the namespaceSelector of ${ref.kind} ${ref.name}`,
      ],
      links: { causedBy: context.workloadsBehind([first.ref]) },
    }),
  ]
}

function whyDead(context: DetectContext, { namespace, name }: ObjectRef): string | undefined {
  if (context.surelyAbsent('services', namespace, name)) return 'does not exist'
  const service = context.find('services', namespace, name)
  if (service === undefined || service.spec?.['selector'] === undefined) return undefined
  return context.backendsOf(service).endpoints?.ready === 0 ? 'has no ready endpoint' : undefined
}

function apiFindings(context: DetectContext, api: KubernetesObject): Finding[] {
  const available = conditionOf(api, 'Available')
  const since = toMillis(available?.lastTransitionTime)
  if (available?.status !== 'False' || (since !== undefined && context.now - since < apiGrace)) return []
  const service = api.spec?.['service'] as { namespace?: string; name?: string } | undefined
  const ref = { kind: 'Service', namespace: service?.namespace ?? '', name: service?.name ?? '' }
  return [
    finding(context, {
      rule: 'APISERVICE_UNAVAILABLE',
      severity: 'warning',
      owner: refOf('apiservices', api),
      fault: `API is not served: ${available.reason ?? 'no reason given'}`,
      since,
      evidence: [quote(available.message)],
      causes: ['The pods behind its Service are down', 'The API server cannot reach them'],
      nextSteps: [`kubectl describe apiservice ${api.metadata.name}`, `kubectl -n ${ref.namespace} get pods`],
      links: { causedBy: context.workloadsBehind([ref]) },
    }),
  ]
}
