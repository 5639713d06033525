import { UserError } from '@kubevigil/mcp-kit/errors'
import type { KubeClient } from '../kube/client.ts'
import type { ResourceType } from '../kube/discovery.ts'
import { KubeError } from '../kube/errors.ts'
import { nearNames } from '../kube/near-names.ts'

/** Names looked through for near ones: a few hundred kilobytes in Table form. */
const mostNames = 4000

/**
 * Makes sure that a namespace is there, so that an empty list is never told of one that is not.
 * @returns false when we may not look
 * @throws UserError that names near namespaces
 */
export async function namespaceExists(kube: KubeClient, namespace: string, signal: AbortSignal): Promise<boolean> {
  const type = await kube.type('namespaces', signal)
  try {
    await kube.object(type, undefined, namespace, signal)
    return true
  } catch (error) {
    if (!(error instanceof KubeError)) throw error
    if (error.failure === 'forbidden') return false
    if (error.failure !== 'not-found') throw error
  }
  const near = await nearestNames(kube, type, undefined, namespace, signal)
  throw new UserError(
    'namespace-unknown',
    `The namespace "${namespace}" does not exist in cluster "${kube.cluster}".`,
    near.length > 0
      ? `Near names: ${near.join(', ')}.`
      : 'list_resources with kind namespaces shows the ones there are.',
  )
}

/** The error for an object that is not there: near names beside it, or the namespaces that do have one of its name. */
export async function explainMissing(
  kube: KubeClient,
  type: ResourceType,
  namespace: string | undefined,
  name: string,
  signal: AbortSignal,
): Promise<UserError> {
  if (type.namespaced && namespace !== undefined) await namespaceExists(kube, namespace, signal)
  const where = type.namespaced && namespace !== undefined ? ` in namespace "${namespace}"` : ''
  const [elsewhere, near] = await Promise.all([
    type.namespaced && namespace !== undefined ? namespacesWith(kube, type, name, signal) : [],
    nearestNames(kube, type, namespace, name, signal),
  ])
  const hints = [
    elsewhere.length > 0 ? `There is one in namespace ${elsewhere.join(', ')}.` : '',
    near.length > 0 ? `Near names: ${near.join(', ')}.` : '',
  ].filter(Boolean)
  return new UserError(
    'object-unknown',
    `There is no ${type.kind} "${name}"${where} in cluster "${kube.cluster}".`,
    hints.length > 0 ? hints.join(' ') : `list_resources with kind ${type.plural} shows what is there.`,
  )
}

/** Near names are a courtesy: when they cannot be read, there are none. */
async function nearestNames(
  kube: KubeClient,
  type: ResourceType,
  namespace: string | undefined,
  name: string,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const names = new Set<string>()
    for await (const { cells } of kube.table(type, { namespace, signal, timeoutMs: 5000 })) {
      names.add(String(cells[0] ?? ''))
      if (names.size >= mostNames) break
    }
    return nearNames(name, [...names], 5)
  } catch (error) {
    if (error instanceof KubeError) return []
    throw error
  }
}

async function namespacesWith(
  kube: KubeClient,
  type: ResourceType,
  name: string,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const { items } = await kube.page(type, {
      fieldSelector: `metadata.name=${name}`,
      limit: 5,
      signal,
      timeoutMs: 5000,
    })
    return items.map((item) => item.metadata.namespace ?? '')
  } catch (error) {
    if (error instanceof KubeError) return []
    throw error
  }
}
