import type { Finding, ObjectRef, Severity } from '../../incident.ts'
import { conditionOf, type KubernetesObject, type ObjectMeta } from '../../kubernetes.ts'
import { day, hour, toInstant, toMillis } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { customResources, judge, kubectlKind, refOfCustom, sinceOf } from '../custom-resources.ts'
import { finding } from '../finding.ts'
import { usersOfSecret } from '../references.ts'
import { inNamespace, quote } from '../text.ts'

/** Time left that worries, and that leaves no weekend (facts, 1.6: 14 d and 3 d); at most these shares of a short lifetime. */
const expiryWarning = { span: 14 * day, share: 1 / 3 }
const expiryCritical = { span: 3 * day, share: 1 / 10 }
/** cert-manager tries a failed issuance again after an hour; what issues or is overdue for longer does not get there. */
const issuanceGrace = hour

interface CertificateSpec {
  secretName?: string
  dnsNames?: string[]
  issuerRef?: { kind?: string; name?: string; group?: string }
}

interface State {
  rule: string
  severity: Severity
  fault: string
  since: number | undefined
}

/** Certificates of cert-manager that run out, are not issued or not renewed: one finding each, the gravest. */
export const certificates: Rule = {
  codes: ['CERTIFICATE_EXPIRING', 'CERTIFICATE_NOT_READY', 'CERTIFICATE_RENEWAL_OVERDUE'],
  detect: (context) =>
    customResources(context.snapshot, 'cert-manager.io', 'Certificate')
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .flatMap((certificate) => {
        const state =
          expiring(context.now, certificate) ?? notReady(context.now, certificate) ?? overdue(context.now, certificate)
        return state === undefined ? [] : [findingOf(context, certificate, state)]
      }),
}

/** Little time left, though the time to renew has come: certificates that live for hours are always near their end. */
function expiring(now: number, certificate: KubernetesObject): State | undefined {
  const { notBefore, notAfter, renewal } = datesOf(certificate)
  if (notAfter === undefined || (renewal !== undefined && now < renewal)) return undefined
  const lifetime = notBefore === undefined ? Infinity : notAfter - notBefore
  const within = ({ span, share }: typeof expiryWarning): boolean => notAfter - now <= Math.min(span, lifetime * share)
  if (!within(expiryWarning)) return undefined
  return {
    rule: 'CERTIFICATE_EXPIRING',
    severity: within(expiryCritical) ? 'critical' : 'warning',
    fault: `certificate ${now >= notAfter ? 'expired' : 'expires'} on ${toInstant(notAfter)}`,
    since: renewal,
  }
}

function notReady(now: number, certificate: KubernetesObject): State | undefined {
  const issuing = issuingSince(certificate)
  const verdict = judge(certificate, now)
  if (issuing === undefined && verdict.state === 'degraded')
    return state(`certificate is not ready: ${verdict.condition.reason ?? 'no reason given'}`, verdict.since)
  // While an old certificate still holds, a slow renewal is told by its dates.
  const holds = conditionOf(certificate, 'Ready')?.status === 'True'
  if (issuing === undefined || holds || now - issuing < issuanceGrace) return undefined
  return state('certificate is being issued and does not come', issuing)
}

function state(fault: string, since: number): State {
  return { rule: 'CERTIFICATE_NOT_READY', severity: 'warning', fault, since }
}

function overdue(now: number, certificate: KubernetesObject): State | undefined {
  const { renewal } = datesOf(certificate)
  if (renewal === undefined || now - renewal < issuanceGrace) return undefined
  return {
    rule: 'CERTIFICATE_RENEWAL_OVERDUE',
    severity: 'warning',
    fault: `certificate was to be renewed on ${toInstant(renewal)}`,
    since: renewal,
  }
}

function findingOf(
  context: DetectContext,
  certificate: KubernetesObject,
  { rule, severity, fault, since }: State,
): Finding {
  const ref = refOfCustom(certificate)
  const { secretName, issuerRef } = specOf(certificate)
  const secret = secretName === undefined ? undefined : { kind: 'Secret', namespace: ref.namespace, name: secretName }
  const ready = conditionOf(certificate, 'Ready')
  return finding(context, {
    rule,
    severity,
    owner: ref,
    fault,
    since,
    evidence: [
      ready !== undefined && `Ready is ${ready.status} (${ready.reason ?? 'no reason'}): ${quote(ready.message)}`,
      failedAttempts(certificate),
      ...challengesOf(context, certificate),
      ...(secret === undefined ? [] : usersOfSecret(context, secret)),
    ],
    causes: [
      'The issuer is not ready or refuses: rate limit, credentials, policy',
      'The ACME challenge is not answered: DNS record, Ingress or firewall',
      'cert-manager is not running',
    ],
    nextSteps: [
      `kubectl ${inNamespace(ref.namespace)}describe ${kubectlKind(certificate)} ${ref.name}`,
      `kubectl ${inNamespace(ref.namespace)}get certificaterequests,orders,challenges`,
      `cmctl renew ${inNamespace(ref.namespace)}${ref.name}`,
    ],
    links: { causedBy: issuerOf(issuerRef, ref.namespace), ...(secret === undefined ? {} : { makes: [secret] }) },
  })
}

interface Challenge {
  metadata: ObjectMeta
  spec?: { type?: string; dnsName?: string }
  status?: { state?: string; reason?: string }
}

/** Why the ACME server does not believe it, for the names of this certificate. Challenges exist only while they are open. */
function challengesOf({ snapshot }: DetectContext, certificate: KubernetesObject): string[] {
  const names = new Set(specOf(certificate).dnsNames ?? [])
  return (customResources(snapshot, 'acme.cert-manager.io', 'Challenge') as Challenge[])
    .filter(({ metadata }) => metadata.namespace === certificate.metadata.namespace)
    .filter(({ spec, status }) => names.has(spec?.dnsName ?? '') && status?.state !== 'valid')
    .map(({ spec, status }) => quote(`Challenge ${spec?.type} for ${spec?.dnsName}: ${status?.reason ?? 'no reason'}`))
    .sort()
    .slice(0, 3)
}

function issuerOf(issuer: CertificateSpec['issuerRef'], namespace: string): ObjectRef[] {
  const { kind = 'Issuer', name, group = 'cert-manager.io' } = issuer ?? {}
  if (name === undefined || group !== 'cert-manager.io') return []
  return [{ kind, namespace: kind === 'ClusterIssuer' ? '' : namespace, name }]
}

function issuingSince(certificate: KubernetesObject): number | undefined {
  const issuing = conditionOf(certificate, 'Issuing')
  return issuing?.status === 'True' ? sinceOf(certificate, issuing) : undefined
}

function failedAttempts({ status }: KubernetesObject): string | false {
  const attempts = Number(status?.['failedIssuanceAttempts'] ?? 0)
  return attempts > 0 && `Failed attempts to issue it: ${attempts}`
}

function specOf({ spec }: KubernetesObject): CertificateSpec {
  return spec ?? {}
}

function datesOf({ status }: KubernetesObject) {
  const { notBefore, notAfter, renewalTime } = (status ?? {}) as Record<string, string | undefined>
  return { notBefore: toMillis(notBefore), notAfter: toMillis(notAfter), renewal: toMillis(renewalTime) }
}
