import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import type { KubeClient } from '../kube/client.ts'
import { pathOf, type ResourceType } from '../kube/discovery.ts'
import { KubeError } from '../kube/errors.ts'

/** The form in which the API server leaves out what objects hold. A server that lacks it is asked for Secrets in no other. */
const metadataForm = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
/** Objects of a page: metadata takes a few hundred bytes each. */
const pageSize = 500

interface NamesPage {
  kind?: string
  items?: KubernetesObject[] | null
  metadata?: { continue?: string }
}

/**
 * The names of all objects of a type, page by page, and nothing else of them. The API server leaves out what the objects hold;
 * annotations, where `kubectl apply` keeps a copy of it, are dropped as each page comes in.
 * @throws KubeError `invalid` when the server gives no such form of Secrets
 */
export async function* readNames(
  client: KubeClient,
  type: ResourceType,
  namespace: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<KubernetesObject> {
  const secret = type.kind === 'Secret'
  let token: string | undefined
  do {
    const page: NamesPage = await client.get(pathOf(type, namespace), {
      query: { limit: pageSize, continue: token },
      accept: secret ? metadataForm : `${metadataForm},application/json`,
      signal,
    })
    if (secret && page.kind !== 'PartialObjectMetadataList')
      throw new KubeError('invalid', 'The server gives no metadata form.', 'Names of this kind stay unknown.')
    for (const { metadata } of page.items ?? []) {
      const { name, namespace: of } = metadata
      yield { metadata: { name, ...(of === undefined ? {} : { namespace: of }) } }
    }
    token = page.metadata?.continue || undefined
  } while (token !== undefined)
}
