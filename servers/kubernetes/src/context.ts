import type { MetricQuery } from '@kubevigil/core/metric-query'
import { Policy } from '@kubevigil/core/policy'
import { readYamlFile } from '@kubevigil/mcp-kit/yaml-file'
import { defaultDetectOptions, type DetectOptions } from '@kubevigil/core/detect'
import { defineTool as define } from '@kubevigil/mcp-kit/define-tool'
import { z } from 'zod'
import type { Config } from './config.ts'
import { createClients, type KubeClients } from './kube/client.ts'
import { createLooks, type Looks } from './observe/looks.ts'
import { createPrometheus, type Prometheus } from './prometheus/client.ts'

/** What a tool of this server may touch. */
export interface KubernetesContext extends KubeClients {
  detectOptions: DetectOptions
  /** Looks whose further pages may still be asked for. */
  looks: Looks
  /** The Prometheus of a context's cluster; undefined when none is configured, or it belongs to another context. */
  prometheusOf: (context: string) => Promise<Prometheus | undefined>
  /** The policy file's queries; empty without a file. @throws UserError when the file is not valid */
  metricQueries: () => readonly MetricQuery[]
  now: () => number
}

/** Makes the context; nothing is read and nobody is called before a tool asks for it. */
export function createContext(config: Omit<Config, 'LOG_LEVEL'>, now: () => number = Date.now): KubernetesContext {
  const clients = createClients({ paths: config.KUBECONFIG, context: config.KUBE_CONTEXT ?? config.K3S_CONTEXT })
  const { PROMETHEUS_URL: url, PROMETHEUS_TOKEN: token, KUBEVIGIL_POLICY: policy } = config
  const prometheus = url === undefined ? undefined : createPrometheus({ url, token })
  return {
    ...clients,
    detectOptions: { ...defaultDetectOptions, restartThreshold: config.POD_RESTART_THRESHOLD },
    looks: createLooks(now),
    async prometheusOf(context) {
      if (prometheus === undefined) return undefined
      // The variable names one Prometheus, so it is the default context's: another cluster's past would be believed.
      const home = await clients.client(undefined).catch(() => undefined)
      return home?.context === context ? prometheus : undefined
    },
    metricQueries: () => (policy === undefined ? [] : readYamlFile(policy, Policy, 'KUBEVIGIL_POLICY').metricQueries),
    now,
  }
}

export const defineTool = define<KubernetesContext>()

/** Parameters that several tools share, in one vocabulary. */
export const parameters = {
  context: z.string().max(256).optional().describe('Cluster'),
  namespace: z.string().max(63).optional().describe('All when absent'),
}
