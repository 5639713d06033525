import type { Finding, ObjectRef } from '../../incident.ts'
import { conditionsOf, type Condition, type KubernetesObject } from '../../kubernetes.ts'
import { covered } from '../../observe.ts'
import { minute } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { customResources, kubectlKind, refOfCustom, sinceOf } from '../custom-resources.ts'
import { finding } from '../finding.ts'
import { createdAt } from '../pods.ts'
import { inNamespace, nameOf, quote } from '../text.ts'

const group = 'gateway.networking.k8s.io'

/** A cloud's load balancer takes minutes (Radar waits 5 m for the address of a Service). */
const programmingGrace = 5 * minute

interface GatewaySpec {
  gatewayClassName?: string
  listeners?: { name?: string; tls?: { certificateRefs?: { kind?: string; name?: string; namespace?: string }[] } }[]
}

interface RouteStatus {
  parents?: { parentRef?: { kind?: string; name?: string; namespace?: string }; conditions?: Condition[] }[]
}

/** Gateway API: classes nobody implements, gateways that are not set up and routes that lead nowhere. */
export const gateways: Rule = {
  codes: ['GATEWAY_CLASS_REFUSED', 'GATEWAY_NOT_PROGRAMMED', 'ROUTE_NOT_RESOLVED'],
  detect: (context) => [
    ...customResources(context.snapshot, group, 'GatewayClass').flatMap((one) => classFindings(context, one)),
    ...customResources(context.snapshot, group, 'Gateway').flatMap((one) => gatewayFindings(context, one)),
    ...['HTTPRoute', 'GRPCRoute']
      .flatMap((kind) => customResources(context.snapshot, group, kind))
      .flatMap((one) => routeFindings(context, one)),
  ],
}

function classFindings(context: DetectContext, gatewayClass: KubernetesObject): Finding[] {
  const bad = failing(context.now, gatewayClass, conditionsOf(gatewayClass), ['Accepted'])
  return tell(context, gatewayClass, bad, {
    rule: 'GATEWAY_CLASS_REFUSED',
    causes: ['Its parameters are wrong', 'The controller does not support this version of the API'],
    causedBy: [],
  })
}

function gatewayFindings(context: DetectContext, gateway: KubernetesObject): Finding[] {
  const { gatewayClassName = '', listeners = [] } = (gateway.spec ?? {}) as GatewaySpec
  const namespace = gateway.metadata.namespace ?? ''
  const ofListeners = ((gateway.status?.['listeners'] ?? []) as { conditions?: Condition[] }[]).flatMap(
    ({ conditions }) => failing(context.now, gateway, conditions, ['ResolvedRefs', 'Accepted', 'Programmed']),
  )
  const bad = [...failing(context.now, gateway, conditionsOf(gateway), ['Accepted', 'Programmed']), ...ofListeners]
  const secrets = listeners
    .flatMap(({ tls }) => tls?.certificateRefs ?? [])
    .filter(({ kind = 'Secret', name }) => kind === 'Secret' && name !== undefined)
    .map((ref): ObjectRef => ({ kind: 'Secret', namespace: ref.namespace ?? namespace, name: ref.name! }))
  const certificate = bad.some(({ reason }) => reason === 'InvalidCertificateRef')
  return tell(context, gateway, bad.length > 0 ? bad : withoutClass(context, gateway, gatewayClassName), {
    rule: 'GATEWAY_NOT_PROGRAMMED',
    causes: ['Its controller is not running or refuses it', 'A certificate or address it names is not there'],
    // With several certificates nothing says which one it is.
    causedBy: [
      { kind: 'GatewayClass', namespace: '', name: gatewayClassName },
      ...(certificate && secrets.length === 1 ? secrets : []),
    ],
  })
}

/** A class that is not there leaves no condition behind: nobody feels responsible. */
function withoutClass({ snapshot, now }: DetectContext, gateway: KubernetesObject, name: string): Condition[] {
  const known = customResources(snapshot, group, 'GatewayClass').some(({ metadata }) => metadata.name === name)
  if (known || !covered(snapshot, `gatewayclasses.${group}`) || now - createdAt(gateway) < programmingGrace) return []
  return [{ type: 'Accepted', status: 'Unknown', reason: `GatewayClass ${name} does not exist` }]
}

function routeFindings(context: DetectContext, route: KubernetesObject): Finding[] {
  const namespace = route.metadata.namespace ?? ''
  const { parents = [] } = (route.status ?? {}) as RouteStatus
  const bad = parents.flatMap(({ conditions }) => failing(context.now, route, conditions, ['Accepted', 'ResolvedRefs']))
  const has = (type: string): boolean => bad.some((condition) => condition.type === type)
  const refused = has('Accepted')
    ? parents.flatMap(({ parentRef: { kind = 'Gateway', name, namespace: of = namespace } = {} }) =>
        name === undefined ? [] : [{ kind, namespace: of, name }],
      )
    : []
  const missing = has('ResolvedRefs')
    ? servicesOf(route).filter((ref) => context.surelyAbsent('services', ref.namespace, ref.name))
    : []
  return tell(context, route, bad, {
    rule: 'ROUTE_NOT_RESOLVED',
    causes: [
      ...ungranted(context, route).map((text) => `No ReferenceGrant ${text}`),
      'A Service or port it leads to does not exist',
      'Its Gateway does not allow it, or a ReferenceGrant is missing',
    ],
    causedBy: [...missing, ...refused],
  })
}

/** Which ReferenceGrants a route lacks for what it leads to in other namespaces, as far as grants were read whole. */
function ungranted({ snapshot }: DetectContext, route: KubernetesObject): string[] {
  const from = route.metadata.namespace ?? ''
  const grants = customResources(snapshot, group, 'ReferenceGrant')
  if (!covered(snapshot, `referencegrants.${group}`)) return []
  const others = new Set(servicesOf(route).map(({ namespace }) => namespace))
  others.delete(from)
  return [...others]
    .filter(
      (to) =>
        !grants.some(
          ({ metadata, spec }) =>
            metadata.namespace === to &&
            ((spec?.['from'] ?? []) as { kind?: string; namespace?: string }[]).some(
              (source) => source.kind === route.kind && source.namespace === from,
            ),
        ),
    )
    .map((to) => `in namespace ${to} lets ${route.kind}s of ${from} in`)
}

function servicesOf({ metadata, spec }: KubernetesObject): ObjectRef[] {
  const rules = (spec?.['rules'] ?? []) as { backendRefs?: { kind?: string; name?: string; namespace?: string }[] }[]
  return rules
    .flatMap(({ backendRefs }) => backendRefs ?? [])
    .filter(({ kind = 'Service', name }) => kind === 'Service' && name !== undefined)
    .map(({ name, namespace }) => ({ kind: 'Service', namespace: namespace ?? metadata.namespace ?? '', name: name! }))
}

/** The conditions of some types that are False and have had their time. Unknown means that nobody has looked yet. */
function failing(
  now: number,
  object: KubernetesObject,
  conditions: readonly Condition[] | undefined,
  types: readonly string[],
): Condition[] {
  return (conditions ?? []).filter(
    (condition) =>
      condition.status === 'False' &&
      types.includes(condition.type) &&
      now - sinceOf(object, condition) >= programmingGrace,
  )
}

function tell(
  context: DetectContext,
  object: KubernetesObject,
  bad: readonly Condition[],
  { rule, causes, causedBy }: { rule: string; causes: string[]; causedBy: ObjectRef[] },
): Finding[] {
  const [first] = bad
  if (first === undefined || object.metadata.deletionTimestamp !== undefined) return []
  const ref = refOfCustom(object)
  return [
    finding(context, {
      rule,
      severity: 'warning',
      owner: ref,
      fault: `${first.type} is ${first.status}: ${first.reason ?? 'no reason given'}`,
      since: sinceOf(object, first),
      evidence: [
        ...new Set(
          bad.map(({ type, reason, message }) => quote(`${type}: ${reason ?? 'no reason'}: ${message ?? ''}`)),
        ),
        ...causedBy.filter(({ kind }) => kind === 'Service').map((service) => `${nameOf(service)} does not exist`),
      ].slice(0, 5),
      causes,
      nextSteps: [`kubectl ${inNamespace(ref.namespace)}describe ${kubectlKind(object)} ${ref.name}`],
      links: causedBy.length > 0 ? { causedBy } : {},
    }),
  ]
}
