export interface KubeconfigOptions {
  /** The name of the cluster; `simulated` unless given. */
  clusterName?: string
  /** The name of the current context; that of the cluster unless given. */
  context?: string
  /** The bearer token of the current context: admin unless given. */
  token?: 'admin' | 'viewer' | 'nobody' | (string & {})
}

/**
 * A kubeconfig (YAML) for the server at `address`, reached over TLS (kubectl sends no token without): the current context uses the token asked for, and two more contexts,
 * `…-viewer` and `…-nobody`, show the cluster as those see it.
 */
export function kubeconfigFor(address: string, certificate: string, options: KubeconfigOptions = {}): string {
  const { clusterName = 'simulated', token = 'admin' } = options
  const context = options.context ?? clusterName
  const users = [
    { context, user: token, token },
    ...['viewer', 'nobody'].map((name) => ({ context: `${context}-${name}`, user: `${context}-${name}`, token: name })),
  ]
  const quoted = JSON.stringify
  return `${[
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    `- name: ${quoted(clusterName)}`,
    '  cluster:',
    `    server: ${quoted(`https://${address}`)}`,
    `    certificate-authority-data: ${Buffer.from(certificate).toString('base64')}`,
    'users:',
    ...users.flatMap((entry) => [`- name: ${quoted(entry.user)}`, '  user:', `    token: ${quoted(entry.token)}`]),
    'contexts:',
    ...users.flatMap((entry) => [
      `- name: ${quoted(entry.context)}`,
      '  context:',
      `    cluster: ${quoted(clusterName)}`,
      `    user: ${quoted(entry.user)}`,
    ]),
    `current-context: ${quoted(context)}`,
  ].join('\n')}\n`
}
