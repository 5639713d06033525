import { CommonEnvironment, readEnvironment } from '@kubevigil/mcp-kit/env'
import { z } from 'zod'

export const Environment = CommonEnvironment.extend({
  KUBECONFIG: z
    .string()
    .optional()
    .describe('Kubeconfig file or files; default: ~/.kube/config, then the service account of the pod'),
  K3S_CONTEXT: z.string().optional().describe('Context to use when a call names none; the same as KUBE_CONTEXT'),
  KUBE_CONTEXT: z
    .string()
    .optional()
    .describe("Context to use when a call names none; default: the kubeconfig's current one"),
  POD_RESTART_THRESHOLD: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Restarts from which a container that runs now is still reported'),
})

export type Config = z.output<typeof Environment>

/** Reads the server's configuration; nothing else in the server reads the environment. */
export function readConfig(): Config {
  return readEnvironment(Environment)
}
