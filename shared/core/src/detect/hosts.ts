import { refKey, type ObjectRef } from '../incident.ts'
import type { Container, Pod } from '../kubernetes.ts'
import type { Lookup } from './lookup.ts'

/** Whatever the cluster's DNS is (CoreDNS, kube-dns), its Service has this name for compatibility. */
export const dnsService: ObjectRef = { kind: 'Service', namespace: 'kube-system', name: 'kube-dns' }

/** A DNS label; its bound also bounds how long a hostile text can be tried on. */
const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?'
/** Characters of one variable or command that are searched. */
const searched = 4000
const host = `(${label}(?:\\.${label})*)`

/** Where a text names a host: a URL, `host:port`, a cluster DNS name, or the argument of a tool that waits for one. */
const mentions: readonly RegExp[] = [
  new RegExp(`[a-z][a-z0-9+]*://(?:[^\\s/@]*@)?${host}`, 'gi'),
  new RegExp(`(?<![\\w./-])${host}:\\d{2,5}\\b`, 'gi'),
  new RegExp(`\\b(${label}\\.${label}\\.svc(?:\\.[a-z0-9.]+)?)\\b`, 'gi'),
  new RegExp(`\\b(?:nc|ncat|netcat|telnet)(?: -\\S+(?: \\d+)?)* ${host} \\d{2,5}\\b`, 'gi'),
  new RegExp(`\\b(?:nslookup|getent (?:a?hosts\\w*)|ping(?: -\\S+(?: \\d+)?)*) ${host}(?![\\w.])`, 'gi'),
  new RegExp(`(?:\\s-h|--host)[= ]${host}(?![\\w.])`, 'gi'),
]

/** Environment variables whose whole value is a host. */
const hostVariable = /(?:HOST|HOSTNAME|ADDR|ADDRESS|SERVER|ENDPOINT|SERVICE|BROKER|URL|URI|BASE)$/i

/** Hosts a container's command and environment name, as they are written. */
export function hostsOf({ command, args, env }: Pick<Container, 'command' | 'args' | 'env'>): string[] {
  const texts = [[...(command ?? []), ...(args ?? [])].join(' '), ...(env ?? []).map(({ value }) => value ?? '')]
  const found = texts.flatMap(hostsIn)
  const whole = (env ?? [])
    .filter(({ name, value }) => hostVariable.test(name) && new RegExp(`^${host}$`, 'i').test(value ?? ''))
    .map(({ value }) => value!)
  return [...new Set([...found, ...whole].map((name) => name.toLowerCase()))]
}

/** Hosts a text names with what tells a host: a scheme, a port, a cluster domain, a tool that takes one. */
export function hostsIn(text: string): string[] {
  const head = text.slice(0, searched)
  return mentions.flatMap((pattern) => [...head.matchAll(pattern)].map((match) => match[1]!))
}

const hostAndPort = new RegExp(`(?<![\\w./-])(?:[a-z][a-z0-9+]*://(?:[^\\s/@]*@)?)?${host}:(\\d{2,5})(?![\\d.])`, 'gi')

/** Hosts with the ports a value asks of them: `db:5432`, `http://api.shop.svc:8080/v1`. Values of several are lists. */
export function portsNamed(value: string): { host: string; port: number }[] {
  return [...value.slice(0, searched).matchAll(hostAndPort)].map((match) => ({
    host: match[1]!.toLowerCase(),
    port: Number(match[2]),
  }))
}

/**
 * The Service a host means inside a cluster: `name`, `name.namespace`, `name.namespace.svc…`, also with a pod's name in
 * front (StatefulSets). Undefined for addresses and hosts elsewhere.
 */
export function serviceOfHost(lookup: Lookup, written: string, namespace: string): ObjectRef | undefined {
  if (written === 'localhost' || /^[\d.]+$/.test(written)) return undefined
  const parts = written.split('.')
  const svc = parts.indexOf('svc')
  const [name, where] =
    svc >= 2 ? [parts[svc - 2]!, parts[svc - 1]!] : parts.length === 1 ? [parts[0]!, namespace] : [parts[0]!, parts[1]!]
  const service = { kind: 'Service', namespace: where, name }
  // "a.b" is a Service only when b is a namespace of this cluster; else it is a host of the world.
  const local =
    svc >= 2 || parts.length === 1 || (parts.length === 2 && lookup.find('namespaces', '', where) !== undefined)
  return local ? service : undefined
}

/** The Services a pod's containers name and that exist, for tracing a fault to what it depends on. */
export function dependenciesOf(lookup: Lookup, pod: Pod): ObjectRef[] {
  const namespace = pod.metadata.namespace ?? ''
  const services = [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
    .flatMap(hostsOf)
    .map((written) => serviceOfHost(lookup, written, namespace))
    .filter((ref) => ref !== undefined)
    .filter((ref) => lookup.find('services', ref.namespace, ref.name) !== undefined)
  return [...new Map(services.map((ref) => [refKey(ref), ref])).values()]
}
