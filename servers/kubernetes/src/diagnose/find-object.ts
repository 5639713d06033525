import { controllerOf, type KubernetesObject } from '@kubevigil/core/kubernetes'
import type { ObjectRef } from '@kubevigil/core/incident'
import { UserError } from '@kubevigil/mcp-kit/errors'
import type { KubeClient } from '../kube/client.ts'
import type { ResourceType } from '../kube/discovery.ts'
import { KubeError } from '../kube/errors.ts'
import { explainMissing } from '../present/missing.ts'
import { checkName, checkNamespace } from '../present/names.ts'

export interface Found {
  type: ResourceType
  object: KubernetesObject
  ref: ObjectRef
}

/**
 * Finds the object a caller names. A kind may be a plural, singular or short name; a namespace may be left out when one
 * namespace only has an object of that name.
 * @throws UserError that names what there is instead
 */
export async function findObject(
  kube: KubeClient,
  wanted: { kind: string; namespace?: string | undefined; name: string },
  signal: AbortSignal,
): Promise<Found> {
  const type = await kube.type(wanted.kind, signal)
  const name = checkName(wanted.name)
  const namespace = type.namespaced
    ? (checkNamespace(wanted.namespace) ?? (await onlyNamespace(kube, type, name, signal)))
    : undefined
  try {
    const object = await kube.object(type, namespace, name, signal)
    return { type, object, ref: refOf(type.kind, object) }
  } catch (error) {
    if (!(error instanceof KubeError) || error.failure !== 'not-found') throw error
    throw await explainMissing(kube, type, namespace, name, signal)
  }
}

/** The objects that own this one, nearest first, as far as they can be read. At most five, as a guard against loops. */
export async function ownersOf(kube: KubeClient, object: KubernetesObject, signal: AbortSignal): Promise<Found[]> {
  const chain: Found[] = []
  let current = object
  while (chain.length < 5) {
    const owner = controllerOf(current)
    if (owner === undefined) break
    try {
      const group = owner.apiVersion?.includes('/') === true ? `.${owner.apiVersion.split('/')[0]}` : ''
      const type = await kube.type(`${owner.kind}${group}`, signal)
      current = await kube.object(type, type.namespaced ? object.metadata.namespace : undefined, owner.name, signal)
      chain.push({ type, object: current, ref: refOf(type.kind, current) })
    } catch {
      signal.throwIfAborted()
      // It is named by its child all the same: an owner that may not be read is still the owner.
      chain.push({
        type: {
          group: '',
          version: '',
          plural: '',
          singular: '',
          kind: owner.kind,
          shortNames: [],
          namespaced: true,
          verbs: [],
        },
        object: { metadata: { name: owner.name, namespace: object.metadata.namespace ?? '' } },
        ref: { kind: owner.kind, namespace: object.metadata.namespace ?? '', name: owner.name },
      })
      break
    }
  }
  return chain
}

export function refOf(kind: string, object: { metadata: { namespace?: string; name: string } }): ObjectRef {
  return { kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name }
}

async function onlyNamespace(kube: KubeClient, type: ResourceType, name: string, signal: AbortSignal): Promise<string> {
  const { items } = await kube.page(type, { fieldSelector: `metadata.name=${name}`, limit: 20, signal })
  const namespaces = items.map((item) => item.metadata.namespace ?? '')
  if (namespaces.length === 1) return namespaces[0]!
  const hint =
    namespaces.length > 1
      ? `It is in: ${namespaces.join(', ')}.`
      : 'No namespace has one of that name; list_resources shows what is there.'
  throw new UserError(
    'namespace-missing',
    `A ${type.kind} lives in a namespace, and "${name}" is not in exactly one.`,
    hint,
  )
}
