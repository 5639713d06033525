import { fileURLToPath } from 'node:url'
import { connectServer, type ConnectedServer } from '@kubevigil/mcp-kit/client'
import type { Environment } from '@kubevigil/mcp-kit/env'
import { describeError } from '@kubevigil/mcp-kit/errors'

export const serverNames = ['kubernetes', 'github', 'slack', 'session-memory'] as const
export type ServerName = (typeof serverNames)[number]

/** What of the environment each server is given: its own variables and nothing else, so that no token reaches a server it is not for. */
const environmentOf: Record<ServerName, RegExp> = {
  // Exec plugins of a kubeconfig (EKS, GKE, AKS) need their cloud's variables.
  kubernetes:
    /^(?:KUBECONFIG|KUBE_CONTEXT|K3S_CONTEXT|KUBERNETES_.*|POD_RESTART_THRESHOLD|PROMETHEUS_.*|KUBEVIGIL_POLICY|AWS_.*|GOOGLE_.*|CLOUDSDK_.*|AZURE_.*)$/,
  github: /^(?:GITHUB_.*|KUBEVIGIL_SERVICES)$/,
  slack: /^(?:SLACK_.*|TEAMS_WEBHOOK_URL)$/,
  'session-memory': /^(?:KUBEVIGIL_SERVICES|KUBEVIGIL_POLICY|SLACK_CHANNEL|SESSION_DIR|MAX_CONTEXT_TOKENS)$/,
}
const environmentOfAll =
  /^(?:LOG_LEVEL|KUBEVIGIL_HOME|XDG_STATE_HOME|NODE_EXTRA_CA_CERTS|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy|TZ)$/

export type Servers = Record<ServerName, ConnectedServer | { name: ServerName; failure: string }>

/**
 * Starts the four servers over stdio, as a desktop client would, side by side. One that does not start is no end:
 * its stage of the cycle says so. Sources run beside sources, bundles beside bundles.
 */
export async function startServers(
  variables: Environment,
  version: string,
  onLog: (line: string) => void,
): Promise<Servers> {
  const started = await Promise.all(
    serverNames.map(async (name) => {
      try {
        return [
          name,
          await connectServer(
            { name, command: process.execPath, args: [entryOf(name)], env: environmentFor(name, variables), onLog },
            version,
          ),
        ] as const
      } catch (error) {
        return [name, { name, failure: describeError(error) }] as const
      }
    }),
  )
  return Object.fromEntries(started) as Servers
}

/** Closes every server that runs; each is gone within a second. */
export async function stopServers(servers: Servers): Promise<void> {
  await Promise.allSettled(
    Object.values(servers).map(async (server) => ('call' in server ? server.close() : undefined)),
  )
}

function entryOf(name: ServerName): string {
  const bundled = import.meta.url.endsWith('.js')
  return fileURLToPath(new URL(`../../servers/${name}/${bundled ? 'dist/main.js' : 'src/main.ts'}`, import.meta.url))
}

/** The part of the environment that a server is given. */
export function environmentFor(name: ServerName, variables: Environment): Record<string, string> {
  const own = environmentOf[name]
  return Object.fromEntries(
    Object.entries(variables).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && (own.test(entry[0]) || environmentOfAll.test(entry[0])),
    ),
  )
}
