import type { ObjectRef } from '../../incident.ts'
import type { KubernetesObject } from '../../kubernetes.ts'
import { groupOf } from '../custom-resources.ts'

/** What a rule needs to know of an add-on's kinds beyond their conditions. */
export interface Family {
  rule: string
  causes: readonly string[]
  /** Objects it takes what it needs from. */
  needs?: (object: KubernetesObject) => ObjectRef[]
  /** Objects it makes, which others then miss. */
  makes?: (object: KubernetesObject) => ObjectRef[]
}

/** Groups whose conditions mean something else, or that a rule of their own reads. */
const elsewhere = new Set([
  'acme.cert-manager.io',
  'cert-manager.io/Certificate',
  'gateway.networking.k8s.io',
  'argoproj.io',
  'kustomize.toolkit.fluxcd.io',
  'helm.toolkit.fluxcd.io',
  'source.toolkit.fluxcd.io',
])

const issuer: Family = {
  rule: 'ISSUER_NOT_READY',
  causes: ['Its credentials or account key are wrong or missing', 'The certificate authority does not answer'],
}

const secretStore: Family = {
  rule: 'SECRET_STORE_NOT_READY',
  causes: ['Its credentials expired or lack permission', 'The secret manager does not answer'],
}

const families: Record<string, Family> = {
  'cert-manager.io/Issuer': issuer,
  'cert-manager.io/ClusterIssuer': issuer,
  'external-secrets.io/SecretStore': secretStore,
  'external-secrets.io/ClusterSecretStore': secretStore,
  'external-secrets.io/ExternalSecret': {
    rule: 'EXTERNAL_SECRET_NOT_SYNCED',
    causes: ['The key or property does not exist in the secret manager', 'Its SecretStore is not ready'],
    needs: storeOf,
    makes: ({ metadata, spec }) => {
      const target = spec?.['target'] as { name?: string } | undefined
      return secretOf(metadata.namespace, target?.name ?? metadata.name)
    },
  },
  'bitnami.com/SealedSecret': {
    rule: 'SEALED_SECRET_NOT_SYNCED',
    causes: [
      'It was sealed for another cluster, namespace or name',
      "The controller's sealing key was lost or renewed",
    ],
    makes: ({ metadata }) => secretOf(metadata.namespace, metadata.name),
  },
  'keda.sh/ScaledObject': {
    rule: 'SCALED_OBJECT_NOT_READY',
    causes: ['The workload it scales does not exist', 'A trigger is misconfigured, or its source does not answer'],
  },
}

const unknownFamily: Family = {
  rule: 'CUSTOM_RESOURCE_NOT_READY',
  causes: ['What it manages is not healthy', 'Its specification is wrong, or its controller lacks something'],
}

/** How to read an object, by group and kind; undefined when it is not for the rule of custom resources. */
export function familyOf(object: KubernetesObject): Family | undefined {
  const key = `${groupOf(object)}/${object.kind}`
  if (elsewhere.has(groupOf(object)) || elsewhere.has(key)) return undefined
  return families[key] ?? unknownFamily
}

function storeOf({ metadata, spec }: KubernetesObject): ObjectRef[] {
  const { kind = 'SecretStore', name } = (spec?.['secretStoreRef'] ?? {}) as { kind?: string; name?: string }
  const namespace = kind === 'ClusterSecretStore' ? '' : (metadata.namespace ?? '')
  return name === undefined ? [] : [{ kind, namespace, name }]
}

function secretOf(namespace = '', name: string): ObjectRef[] {
  return [{ kind: 'Secret', namespace, name }]
}
