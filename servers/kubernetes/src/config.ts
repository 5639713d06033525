import { CommonEnvironment, readEnvironment, type Environment as Variables } from '@kubevigil/mcp-kit/env'
import { UserError } from '@kubevigil/mcp-kit/errors'
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
  KUBEVIGIL_POLICY: z.string().optional().describe('YAML file of the policy; its metricQueries are read here'),
  PROMETHEUS_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      "Prometheus of the default context's cluster, for recommend_resources and get_resource_usage; such as http://localhost:9090",
    ),
  PROMETHEUS_TOKEN: z.string().optional().describe('Bearer token for it; sent over https, or http to this machine'),
})

export type Config = z.output<typeof Environment>

/**
 * Reads the server's configuration; nothing else in the server reads the environment.
 * @throws UserError for a bad variable, or a Prometheus token that would travel in the clear
 */
export function readConfig(environment?: Variables): Config {
  const config = readEnvironment(Environment, ...(environment === undefined ? [] : [environment]))
  if (config.PROMETHEUS_URL !== undefined) checkPrometheus(new URL(config.PROMETHEUS_URL), config.PROMETHEUS_TOKEN)
  return config
}

function checkPrometheus({ protocol, hostname, username, password, search }: URL, token: string | undefined): void {
  if (username !== '' || password !== '' || search !== '')
    throw new UserError(
      'prometheus-url-invalid',
      'PROMETHEUS_URL has a user, a password or a query in it.',
      'Give the bare address, and a bearer token in PROMETHEUS_TOKEN.',
    )
  if (token !== undefined && protocol === 'http:' && !isLoopback(hostname))
    throw new UserError(
      'token-in-the-clear',
      `PROMETHEUS_URL is http://${hostname}: PROMETHEUS_TOKEN would be sent over plain http.`,
      'Use https; plain http with a token is only for this machine.',
    )
}

/** Whether a URL's host is this machine. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
