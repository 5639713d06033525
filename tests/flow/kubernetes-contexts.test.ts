import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Tool } from '../../shared/mcp-kit/src/define-tool.ts'
import { makeCertificate } from '../../shared/simulator/src/kubernetes/certificate.ts'
import { loadDump } from '../../shared/simulator/src/dump.ts'
import { startKubernetesSimulator, type KubernetesSimulator } from '../../shared/simulator/src/kubernetes.ts'
import { createContext, type KubernetesContext } from '../../servers/kubernetes/src/context.ts'
import { tools } from '../../servers/kubernetes/src/tools/index.ts'

let folder = ''
let homelab: KubernetesSimulator
let staging: KubernetesSimulator
let both: KubernetesContext

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubevigil-contexts-'))
  homelab = await startKubernetesSimulator({ dump: await loadDump('homelab-healthy') })
  staging = await startKubernetesSimulator({ dump: await loadDump('mixed') })
  const paths = await Promise.all([
    write('homelab', homelab.kubeconfig({ clusterName: 'homelab' })),
    write('staging', staging.kubeconfig({ clusterName: 'staging' })),
  ])
  both = contextFor(paths.join(delimiter))
})

afterAll(async () => {
  await Promise.all([homelab.close(), staging.close()])
  await rm(folder, { recursive: true, force: true })
})

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

function contextFor(paths: string): KubernetesContext {
  return createContext({ KUBECONFIG: paths, POD_RESTART_THRESHOLD: 5 })
}

async function ask(name: string, args: object, context = both): Promise<Record<string, unknown>> {
  const tool = tools.find((each) => each.name === name) as unknown as Tool<KubernetesContext>
  const call = { signal: AbortSignal.timeout(20_000), progress: () => {} }
  return tool.output.parse(await tool.run(tool.input.parse(args), context, call))
}

/** One harmless call of every tool that reads a cluster. */
const calls: [string, object][] = [
  ['check_cluster_health', {}],
  ['diagnose_resource', { kind: 'namespace', name: 'default' }],
  ['explain_scheduling', { namespace: 'sched', name: 'gated' }],
  ['get_resource_usage', { scope: 'nodes' }],
  ['get_logs', { kind: 'deploy', namespace: 'shop', name: 'web' }],
  ['list_events', {}],
  ['list_resources', { kind: 'namespaces' }],
  ['get_resource', { kind: 'namespace', name: 'default' }],
  ['list_rollouts', { namespace: 'shop', name: 'web' }],
  ['recommend_resources', {}],
]

describe('several clusters', () => {
  it('has a context in every tool that reads a cluster', () => {
    expect(calls.map(([tool]) => tool).toSorted()).toEqual(
      tools
        .map(({ name }) => name)
        .filter((name) => name !== 'list_contexts')
        .toSorted(),
    )
    for (const { name, input, output } of tools) {
      expect('context' in input.shape, name).toBe(name !== 'list_contexts')
      expect(Object.keys(output.shape), name).toEqual(expect.arrayContaining(['cluster', 'context']))
    }
  })

  it.each(calls)('%s asks the named cluster, only that one, and says so', async (tool, args) => {
    homelab.requests.length = 0
    expect(await ask(tool, { ...args, context: 'staging' })).toMatchObject({ cluster: 'staging', context: 'staging' })
    expect(homelab.requests).toEqual([])
  })

  it('takes the current context when a call names none, also after another one was named', async () => {
    expect(await ask('list_resources', { kind: 'nodes' })).toMatchObject({ cluster: 'homelab', context: 'homelab' })
  })

  it('never falls back to another cluster', async () => {
    homelab.requests.length = 0
    await expect(ask('check_cluster_health', { context: 'production' })).rejects.toMatchObject({
      message: 'There is no context "production" in the kubeconfig.',
      hint: expect.stringContaining('homelab, ') as string,
    })
    expect(homelab.requests).toEqual([])
  })
})

/** A context whose kubeconfig has other credentials for its current user. */
async function signedIn(name: string, user: string): Promise<KubernetesContext> {
  const text = homelab.kubeconfig({ clusterName: 'homelab' }).replace('    token: "admin"', user)
  return contextFor(await write(name, text))
}

function firstNamespace(context: KubernetesContext): Promise<Record<string, unknown>> {
  return ask('list_resources', { kind: 'namespaces', limit: 1 }, context)
}

function plugin(command: string): string {
  return `    exec: { apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: ${command} }`
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

describe('ways to sign in', () => {
  it('runs an exec plugin, with its arguments and its environment', async () => {
    const script = await write(
      'plugin.cjs',
      `const { K8S_WHO } = process.env
       console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: K8S_WHO } }))`,
    )
    const user = `    exec: { apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: ${process.execPath}, args: [${script}], env: [{ name: K8S_WHO, value: viewer }] }`
    expect(await firstNamespace(await signedIn('exec', user))).toMatchObject({ cluster: 'homelab' })
  })

  it('says that a plugin is missing, or fails, in one sentence', async () => {
    await expect(firstNamespace(await signedIn('no-plugin', plugin('aws-iam-nowhere')))).rejects.toThrow(
      /aws-iam-nowhere/,
    )
    await expect(firstNamespace(await signedIn('bad-plugin', plugin('/bin/false')))).rejects.toThrow(/credential/i)
  })

  it('reads a token from a file, as it stands there at each call', async () => {
    const token = await write('token', 'viewer\n')
    const context = await signedIn('token-file', `    tokenFile: ${token}`)
    expect(await firstNamespace(context)).toMatchObject({ cluster: 'homelab' })
  })

  it('shows a client certificate', async () => {
    const [server, client] = [makeCertificate(), makeCertificate()]
    const seen: boolean[] = []
    const api = createServer({ ...server, ca: client.cert, requestCert: true, rejectUnauthorized: false })
    api.on('request', (request, response) => {
      seen.push((request.socket as TLSSocket).authorized)
      response
        .writeHead(403, { 'content-type': 'application/json', connection: 'close' })
        .end('{"kind":"Status","code":403}')
    })
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
    const context = contextFor(
      await write(
        'certificate',
        `apiVersion: v1
kind: Config
current-context: home
clusters: [{ name: home, cluster: { server: 'https://127.0.0.1:${(api.address() as AddressInfo).port}', certificate-authority-data: ${base64(server.cert)} } }]
users: [{ name: me, user: { client-certificate-data: ${base64(client.cert)}, client-key-data: ${base64(client.key)} } }]
contexts: [{ name: home, context: { cluster: home, user: me } }]
`,
      ),
    )
    await expect(firstNamespace(context)).rejects.toThrow(/may not|403|forbidden|not allowed/i)
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.every(Boolean)).toBe(true)
    api.closeAllConnections()
    await new Promise((resolve) => api.close(resolve))
  })
})
