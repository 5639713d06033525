import { customResources, refOfCustom } from '../detect/custom-resources.ts'
import { hostsIn } from '../detect/hosts.ts'
import type { Lookup } from '../detect/lookup.ts'
import type { ObjectRef } from '../incident.ts'
import type { SignedLine } from './read-signs.ts'

/** Certificates out of their time; one that is not trusted is a matter of who signed it. */
const outOfTime = /expired|not yet valid/i

/** The Certificates for the hosts of which lines say that theirs is out of its time. */
export function certificatesIn({ snapshot }: Lookup, signed: readonly SignedLine[]): ObjectRef[] {
  const hosts = signed
    .filter(({ sign, text }) => sign.kind === 'certificate' && outOfTime.test(text))
    .flatMap(({ text }) => hostsIn(text).map((host) => host.toLowerCase()))
  if (hosts.length === 0) return []
  return customResources(snapshot, 'cert-manager.io', 'Certificate')
    .filter(({ spec }) =>
      ((spec?.['dnsNames'] ?? []) as string[]).some((name) => hosts.some((host) => covers(name, host))),
    )
    .map(refOfCustom)
}

/** A wildcard stands for one label (RFC 6125). */
function covers(name: string, host: string): boolean {
  return name === host || (name.startsWith('*.') && name.slice(1) === host.slice(host.indexOf('.')))
}
