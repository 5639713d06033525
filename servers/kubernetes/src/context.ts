import { defaultDetectOptions, type DetectOptions } from '@kubevigil/core/detect'
import { defineTool as define } from '@kubevigil/mcp-kit/define-tool'
import { z } from 'zod'
import type { Config } from './config.ts'
import { createClients, type KubeClients } from './kube/client.ts'
import { createLooks, type Looks } from './observe/looks.ts'

/** What a tool of this server may touch. */
export interface KubernetesContext extends KubeClients {
  detectOptions: DetectOptions
  /** Looks whose further pages may still be asked for. */
  looks: Looks
  now: () => number
}

/** Makes the context; nothing is read and nobody is called before a tool asks for it. */
export function createContext(config: Omit<Config, 'LOG_LEVEL'>, now: () => number = Date.now): KubernetesContext {
  return {
    ...createClients({ paths: config.KUBECONFIG, context: config.KUBE_CONTEXT ?? config.K3S_CONTEXT }),
    detectOptions: { ...defaultDetectOptions, restartThreshold: config.POD_RESTART_THRESHOLD },
    looks: createLooks(now),
    now,
  }
}

export const defineTool = define<KubernetesContext>()

/** Parameters that several tools share, in one vocabulary. */
export const parameters = {
  context: z.string().max(256).optional().describe('Kubeconfig context'),
  namespace: z.string().max(63).optional().describe('Namespace; all when absent'),
}
