import type { KubeClient } from '../kube/client.ts'

/**
 * The version of the API server, such as v1.36.3+k3s1; undefined when it does not tell. Everybody may ask for it
 * (system:public-info-viewer), and nothing but the check of versions needs it: a failure is no gap worth a coverage entry.
 */
export async function readServerVersion(client: KubeClient, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { gitVersion } = await client.get<{ gitVersion?: string }>('/version', { signal })
    return gitVersion
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}
