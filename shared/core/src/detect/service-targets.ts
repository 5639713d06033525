import { refKey, type ObjectRef } from '../incident.ts'
import type { KubernetesObject, PodSpec } from '../kubernetes.ts'
import { portsNamed, serviceOfHost } from './hosts.ts'
import type { Lookup } from './lookup.ts'
import { nameOf } from './text.ts'

/** A Service and port that a workload's environment names. */
export interface ServiceTarget {
  service: ObjectRef
  port: number
  /** Name and value as they are written. */
  written: string
  fault: 'missing' | 'port' | undefined
}

/** What values of the environment name with a port, of Services of the cluster; each once. */
export function serviceTargets(lookup: Lookup, owner: ObjectRef, spec: PodSpec): ServiceTarget[] {
  const aliases = new Set((spec.hostAliases ?? []).flatMap(({ hostnames = [] }) => hostnames))
  const targets = (spec.containers ?? []).flatMap(({ env = [] }) =>
    env.flatMap(({ name, value = '' }) =>
      portsNamed(value)
        .filter(({ host }) => !aliases.has(host))
        .flatMap(({ host, port }): ServiceTarget[] => {
          const service = serviceOfHost(lookup, host, owner.namespace)
          if (service === undefined) return []
          return [
            { service, port, written: `${name} names ${host}:${port}`, fault: faultOf(lookup, owner, service, port) },
          ]
        }),
    ),
  )
  return [...new Map(targets.map((target) => [`${refKey(target.service)}:${target.port}`, target])).values()]
}

/** What is wrong with the targets of a workload, a line each, for the evidence of a fault they may explain. */
export function targetFaultLines(lookup: Lookup, owner: ObjectRef, spec: PodSpec): string[] {
  return serviceTargets(lookup, owner, spec)
    .filter(({ fault }) => fault !== undefined)
    .slice(0, 3)
    .map((target) => faultLine(lookup, target))
}

export function faultLine(lookup: Lookup, { service, written, fault }: ServiceTarget): string {
  if (fault === 'missing') return `${written}: there is no ${nameOf(service)}`
  const ports = portsOf(lookup.find('services', service.namespace, service.name)?.spec)
  return `${written}: ${nameOf(service)} has port ${ports.join(', ')}`
}

function faultOf(
  lookup: Lookup,
  owner: ObjectRef,
  { namespace, name }: ObjectRef,
  port: number,
): ServiceTarget['fault'] {
  if (lookup.surelyAbsent('services', namespace, name)) return 'missing'
  const service = lookup.find('services', namespace, name)
  const ports = portsOf(service?.spec)
  if (service === undefined || ports.length === 0 || ports.includes(port)) return undefined
  // Behind a name without an address of its own every port is open; and what names itself tells where it listens.
  const open = service.spec?.['type'] === 'ExternalName' || service.spec?.['clusterIP'] === 'None'
  const itself = lookup.backendsOf(service).workloads.some(({ ref }) => refKey(ref) === refKey(owner))
  return open || itself ? undefined : 'port'
}

function portsOf(spec: Record<string, unknown> | undefined): number[] {
  return ((spec?.['ports'] ?? []) as { port?: number }[]).flatMap(({ port }) => (port === undefined ? [] : [port]))
}

/** Container ports a Service leads to; none when one goes by a name, which the pods alone resolve. */
export function targetPortsOf({ spec }: Pick<KubernetesObject, 'spec'>): number[] {
  const ports = ((spec?.['ports'] ?? []) as { port?: number; targetPort?: number | string }[]).map(
    ({ port, targetPort = port }) => targetPort,
  )
  return ports.every((port) => typeof port === 'number') ? ports : []
}
