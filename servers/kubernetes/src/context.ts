import { defaultDetectOptions, type DetectOptions } from '@kubevigil/core/detect'
import { defineTool as define } from '@kubevigil/mcp-kit/define-tool'
import { z } from 'zod'
import type { Config } from './config.ts'
import { createClients, type KubeClients } from './kube/client.ts'

/** What a tool of this server may touch. */
export interface KubernetesContext extends KubeClients {
  detectOptions: DetectOptions
  now: () => number
}

export function createContext(config: Config): KubernetesContext {
  return {
    ...createClients({ paths: config.KUBECONFIG, context: config.KUBE_CONTEXT ?? config.K3S_CONTEXT }),
    detectOptions: { ...defaultDetectOptions, restartThreshold: config.POD_RESTART_THRESHOLD },
    now: Date.now,
  }
}

export const defineTool = define<KubernetesContext>()

/** Parameters that several tools share, in one vocabulary. */
export const parameters = {
  context: z
    .string()
    .max(256)
    .optional()
    .describe('Context in the kubeconfig; default: the configured one. The answer names the cluster it is about'),
  namespace: z.string().max(63).optional().describe('Namespace; all when absent'),
}
