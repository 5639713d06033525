import type { Finding } from '../../incident.ts'
import type { Container, KubernetesObject } from '../../kubernetes.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf, templateOf, type NamedWorkload } from '../objects.ts'
import { inNamespace, nameOf } from '../text.ts'

interface ServicePort {
  name?: string
  port?: number
  targetPort?: number | string
  protocol?: string
}

/**
 * Services whose target port no container behind them declares. A name that nothing declares leads nowhere, which is certain; a
 * number may well be open without being declared, which makes it a note.
 */
export const servicePorts: Rule = {
  codes: ['SERVICE_PORT_UNRESOLVED', 'SERVICE_PORT_UNDECLARED'],
  detect: (context) => context.snapshot.objects.services.flatMap((service) => findingsOf(context, service)),
}

function findingsOf(context: DetectContext, service: KubernetesObject): Finding[] {
  if (service.spec?.['type'] === 'ExternalName') return []
  const behind = context
    .backendsOf(service)
    .workloads.filter(({ wanted }) => wanted)
    .map(({ ref }) => context.workloads.get(`${ref.kind}/${ref.namespace}/${ref.name}`))
    .filter((workload) => workload !== undefined)
  const ports = (service.spec?.['ports'] ?? []) as ServicePort[]
  // Several workloads behind one Service (a rollout by hand, say) may differ: one that fits is enough.
  const unresolved = ports.filter(
    ({ targetPort, protocol }) =>
      typeof targetPort === 'string' &&
      behind.length > 0 &&
      behind.every((workload) => !declared(workload).some((port) => port.name === targetPort && fits(port, protocol))),
  )
  const [named] = unresolved
  if (named !== undefined) return [unresolvedFinding(context, service, named, behind)]
  const undeclared = ports.find(
    ({ targetPort, port, protocol }) =>
      typeof (targetPort ?? port) === 'number' &&
      behind.length > 0 &&
      behind.every((workload) => {
        const open = declared(workload)
        return open.length > 0 && !open.some((one) => one.containerPort === (targetPort ?? port) && fits(one, protocol))
      }),
  )
  return undeclared === undefined ? [] : [undeclaredFinding(context, service, undeclared, behind)]
}

function unresolvedFinding(
  context: DetectContext,
  service: KubernetesObject,
  { targetPort, port }: ServicePort,
  behind: readonly NamedWorkload[],
): Finding {
  return finding(context, {
    rule: 'SERVICE_PORT_UNRESOLVED',
    severity: 'warning',
    owner: refOf('services', service),
    fault: `port ${port} leads to a container port named ${targetPort}, which nothing behind it declares`,
    evidence: [`Target port ${targetPort}`, ...behind.map(portsLine)],
    causes: ['The container port was renamed, or the Service was written for another workload'],
    nextSteps: steps(service),
  })
}

function undeclaredFinding(
  context: DetectContext,
  service: KubernetesObject,
  { targetPort, port }: ServicePort,
  behind: readonly NamedWorkload[],
): Finding {
  return finding(context, {
    rule: 'SERVICE_PORT_UNDECLARED',
    severity: 'info',
    owner: refOf('services', service),
    fault: `port ${port} leads to container port ${targetPort ?? port}, which nothing behind it declares`,
    evidence: [`Target port ${targetPort ?? port}; it may be open all the same`, ...behind.map(portsLine)],
    causes: ['The target port is wrong', 'The container listens on a port it does not declare'],
    nextSteps: steps(service),
  })
}

function declared({ object }: NamedWorkload): NonNullable<Container['ports']> {
  const { containers, initContainers = [] } = templateOf(object)?.spec ?? { containers: [] }
  // A native sidecar serves as well.
  return [...containers, ...initContainers].flatMap(({ ports = [] }) => ports)
}

function fits({ protocol = 'TCP' }: { protocol?: string }, wanted = 'TCP'): boolean {
  return protocol === wanted
}

function portsLine(workload: NamedWorkload): string {
  const open = declared(workload).map(({ name, containerPort }) =>
    name === undefined ? `${containerPort}` : `${name} (${containerPort})`,
  )
  return `${nameOf(workload.ref)} declares ${open.slice(0, 8).join(', ') || 'no port'}`
}

function steps({ metadata }: KubernetesObject): string[] {
  return [
    `kubectl ${inNamespace(metadata.namespace)}describe service ${metadata.name}`,
    `kubectl ${inNamespace(metadata.namespace)}get endpointslices -l kubernetes.io/service-name=${metadata.name} -o yaml`,
  ]
}
