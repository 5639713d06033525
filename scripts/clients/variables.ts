import { delimiter, resolve } from 'node:path'
import { isSecretName, type Environment } from '../../shared/mcp-kit/src/env.ts'

/** What a server gets from the environment, apart: settings may be copied, secrets only when that is asked for. */
export interface Given {
  settings: Record<string, string>
  secrets: Record<string, string>
}

/** Variables that no schema names: Node's and the proxies' for all, and those of the clouds' sign-in plugins in a kubeconfig. */
const surroundings = ['NODE_EXTRA_CA_CERTS', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'XDG_STATE_HOME']
const signIn = [
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_CONFIG_FILE',
  'GOOGLE_APPLICATION_CREDENTIALS',
  'CLOUDSDK_CONFIG',
  'AZURE_CONFIG_DIR',
]

/** Variables that hold paths: a client starts servers in a folder of its own, so relative ones would lead elsewhere. */
const path =
  /^(?:KUBECONFIG|KUBEVIGIL_.*|SESSION_DIR|NODE_EXTRA_CA_CERTS|XDG_STATE_HOME|GOOGLE_APPLICATION_CREDENTIALS|CLOUDSDK_CONFIG|AZURE_CONFIG_DIR|.*_FILE)$/

/**
 * The variables that are set and that a server reads.
 * @param server its name and the variables of its schema
 * @param folder where relative paths begin
 */
export function givenTo(
  server: { name: string; environment: { shape: object } },
  environment: Environment,
  folder: string,
): Given {
  const names = [
    ...Object.keys(server.environment.shape),
    ...surroundings,
    ...(server.name === 'kubernetes' ? signIn : []),
  ]
  const given: Given = { settings: {}, secrets: {} }
  for (const name of names) {
    const value = environment[name]
    if (value === undefined || value === '') continue
    if (isSecretName(name) || hasPassword(value)) given.secrets[name] = value
    else given.settings[name] = path.test(name) ? absolute(value, folder) : value
  }
  return given
}

/** Whether a value is an address with a password in it, as those of proxies have. */
function hasPassword(value: string): boolean {
  return /:\/\/[^/\s]*@/.test(value)
}

/** KUBECONFIG may name several files. */
function absolute(value: string, folder: string): string {
  return value
    .split(delimiter)
    .map((part) => (part === '' ? part : resolve(folder, part)))
    .join(delimiter)
}
