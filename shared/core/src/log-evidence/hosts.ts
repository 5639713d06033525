import { hostsIn, serviceOfHost } from '../detect/hosts.ts'
import type { Lookup } from '../detect/lookup.ts'
import { refOf } from '../detect/objects.ts'
import { refKey, type ObjectRef } from '../incident.ts'

const name = String.raw`([a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?)`

/** How error texts name a host besides URLs and `host:port`. */
const namings: readonly RegExp[] = [
  new RegExp(String.raw`\blookup ${name}(?: on |:)`, 'gi'),
  new RegExp(String.raw`\b(?:ENOTFOUND|EAI_AGAIN) ${name}`, 'gi'),
  new RegExp(String.raw`\bUnknownHostException: ${name}`, 'gi'),
  new RegExp(String.raw`\b(?:host(?: ?name)?|server(?: at| on)?|address|name)[ =:]+["'(]${name}["')]`, 'gi'),
  new RegExp(String.raw`\bresolve host:? "?${name}`, 'gi'),
  new RegExp(String.raw`\(["']${name}["'], \d+\)`, 'gi'),
]

const address = /(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?(?![\d.])/g

/** The Services a line of a log names, by host or by cluster IP; with those that are not there. */
export function servicesIn(line: string, namespace: string, lookup: Lookup): ObjectRef[] {
  const hosts = [
    ...hostsIn(line),
    ...namings.flatMap((pattern) => [...line.matchAll(pattern)].map((match) => match[1]!)),
  ]
  const named = hosts.flatMap((host) => serviceOfHost(lookup, host.toLowerCase(), namespace) ?? [])
  const addresses = new Set([...line.matchAll(address)].map((match) => match[1]!))
  const addressed = lookup.snapshot.objects.services
    .filter(({ spec }) => addresses.has(spec?.['clusterIP'] as string))
    .map((service) => refOf('services', service))
  return [...new Map([...named, ...addressed].map((ref) => [refKey(ref), ref])).values()]
}
