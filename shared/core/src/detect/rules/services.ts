import { refKey, type Finding, type ObjectRef } from '../../incident.ts'
import type { KubernetesObject } from '../../kubernetes.ts'
import { covered } from '../../observe.ts'
import { minute } from '../../time.ts'
import type { Backends } from '../backends.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { dnsService } from '../hosts.ts'
import { refOf, selectsLabels } from '../objects.ts'
import { createdAt } from '../pods.ts'
import { inNamespace } from '../text.ts'

/** A Service is often made before what it selects. */
const grace = 5 * minute

/** Services nothing answers behind. */
export const services: Rule = {
  codes: ['SERVICE_NO_ENDPOINTS', 'SERVICE_SELECTS_NOTHING'],
  detect: (context) => context.snapshot.objects.services.flatMap((service) => findingsOf(context, service)),
}

interface ServiceSpec {
  type?: string
  selector?: Record<string, string>
  publishNotReadyAddresses?: boolean
}

function findingsOf(context: DetectContext, service: KubernetesObject): Finding[] {
  const spec = (service.spec ?? {}) as ServiceSpec
  // Without a selector somebody else keeps the endpoints, or the name leads out of the cluster.
  if (
    Object.keys(spec.selector ?? {}).length === 0 ||
    spec.type === 'ExternalName' ||
    spec.publishNotReadyAddresses === true
  )
    return []
  const backends = context.backendsOf(service)
  if (backends.endpoints === undefined || backends.endpoints.ready > 0) return []
  if (context.now - createdAt(service) < grace) return []

  const pods = podsBehind(context, service, backends)
  if (backends.workloads.length > 0) return [workloadDown(context, service, backends)]
  if (backends.endpoints.total > 0 || pods.length > 0) return [podsDown(context, service, backends, pods)]
  const looked = (['deployments', 'statefulsets', 'daemonsets'] as const).every((kind) =>
    covered(context.snapshot, kind),
  )
  return looked ? [selectsNothing(context, service, spec)] : []
}

/** The workload's own finding judges; this one tells who else suffers. */
function workloadDown(context: DetectContext, service: KubernetesObject, { workloads, endpoints }: Backends): Finding {
  const wanted = workloads.filter((workload) => workload.wanted)
  const names = workloads.map(({ ref }) => `${ref.kind} ${ref.name}`).join(', ')
  return finding(context, {
    rule: 'SERVICE_NO_ENDPOINTS',
    // Nobody means the cluster to be without names.
    severity: wanted.length === 0 && refKey(refOf('services', service)) === refKey(dnsService) ? 'critical' : 'info',
    owner: refOf('services', service),
    fault: wanted.length > 0 ? 'no endpoint is ready' : 'no endpoint, because what it selects is scaled to zero',
    evidence: [`0 of ${endpoints?.total ?? 0} endpoints ready; behind it: ${names}`],
    causes: [wanted.length > 0 ? `No pod of ${names} is ready` : `${names} is scaled to zero on purpose`],
    nextSteps: [
      `kubectl ${inNamespace(service.metadata.namespace)}get endpointslices -l kubernetes.io/service-name=${service.metadata.name}`,
    ],
    links: wanted.length > 0 ? { causedBy: wanted.map(({ ref }) => ref) } : {},
  })
}

function podsDown(
  context: DetectContext,
  service: KubernetesObject,
  { endpoints }: Backends,
  owners: ObjectRef[],
): Finding {
  return finding(context, {
    rule: 'SERVICE_NO_ENDPOINTS',
    severity: 'warning',
    owner: refOf('services', service),
    fault: 'no endpoint is ready',
    evidence: [`0 of ${endpoints?.total ?? 0} endpoints ready`],
    causes: ['None of the pods it selects is ready'],
    nextSteps: [
      `kubectl ${inNamespace(service.metadata.namespace)}get endpointslices -l kubernetes.io/service-name=${service.metadata.name}`,
    ],
    links: owners.length > 0 ? { causedBy: owners } : {},
  })
}

function selectsNothing(context: DetectContext, service: KubernetesObject, { selector }: ServiceSpec): Finding {
  const labels = Object.entries(selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  const owned = (service.metadata.ownerReferences ?? []).length > 0
  return finding(context, {
    rule: 'SERVICE_SELECTS_NOTHING',
    // Operators make Services for roles nobody has yet (a replica of a single database).
    severity: owned ? 'info' : 'warning',
    owner: refOf('services', service),
    fault: 'its selector matches no pod and no workload',
    since: createdAt(service),
    evidence: [
      `Selector ${labels}: no endpoints, and no workload in namespace ${service.metadata.namespace} has these labels`,
    ],
    causes: ['A typing error in selector or labels', 'The workload was removed and its Service forgotten'],
    nextSteps: [
      `kubectl ${inNamespace(service.metadata.namespace)}get pods -l ${labels}`,
      `kubectl ${inNamespace(service.metadata.namespace)}get pods --show-labels`,
    ],
  })
}

/** Owners of the pods behind it: named by its endpoints, or matching but still without an address. */
function podsBehind(context: DetectContext, service: KubernetesObject, { endpoints }: Backends): ObjectRef[] {
  const { selector } = (service.spec ?? {}) as ServiceSpec
  return context.pods
    .filter(({ metadata }) => metadata.namespace === service.metadata.namespace)
    .filter(
      ({ metadata, status }) =>
        endpoints?.pods.includes(metadata.name) === true ||
        (status.phase !== 'Succeeded' && status.phase !== 'Failed' && selectsLabels(selector, metadata.labels)),
    )
    .map((pod) => context.ownerOf(pod))
}
