import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { UserError } from '../../shared/mcp-kit/src/errors.ts'
import type { Tool } from '../../shared/mcp-kit/src/define-tool.ts'
import { loadDump } from '../../shared/simulator/src/dump.ts'
import { startKubernetesSimulator, type KubernetesSimulator } from '../../shared/simulator/src/kubernetes.ts'
import { createContext, type KubernetesContext } from '../../servers/kubernetes/src/context.ts'
import { tools } from '../../servers/kubernetes/src/tools/index.ts'

let folder = ''
let simulator: KubernetesSimulator
let context: KubernetesContext

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubevigil-input-'))
  simulator = await startKubernetesSimulator({ dump: await loadDump('mixed') })
  await writeFile(join(folder, 'kubeconfig'), simulator.kubeconfig({ clusterName: 'mixed' }))
  context = createContext({ KUBECONFIG: join(folder, 'kubeconfig'), POD_RESTART_THRESHOLD: 5 })
})

afterAll(async () => {
  await simulator.close()
  await rm(folder, { recursive: true, force: true })
})

const noNamespace = /^The namespace "nope" does not exist in cluster "mixed"\. list_resources with kind namespaces/
const noNamespaceName = /is no namespace name\. A namespace has lower-case letters/
const noName = /is no name of a Kubernetes object\. Give /
const noKind = /^This cluster offers no kind "flurb"\. Take a plural, kind or short name/
const web = { kind: 'deploy', namespace: 'shop', name: 'web' }

const wrong: [tool: string, args: object, sentence: RegExp][] = [
  ...['check_cluster_health', 'list_events', 'recommend_resources'].flatMap((tool): [string, object, RegExp][] => [
    [tool, { namespace: 'nope' }, noNamespace],
    [tool, { namespace: '../kube-system' }, noNamespaceName],
  ]),
  ['get_resource_usage', { scope: 'pods', namespace: 'nope' }, noNamespace],
  ['list_resources', { kind: 'pods', namespace: 'nope' }, noNamespace],
  ...['diagnose_resource', 'list_rollouts', 'get_resource', 'explain_scheduling', 'get_logs'].flatMap(
    (tool): [string, object, RegExp][] => [
      [tool, { ...web, namespace: 'nope' }, noNamespace],
      [tool, { ...web, namespace: 'a b' }, noNamespaceName],
      [tool, { ...web, name: 'web; rm -rf /' }, noName],
      [tool, { ...web, name: '../../secrets/token' }, noName],
      [tool, { ...web, name: '$(id)' }, noName],
      [tool, { ...web, name: 'deployment/web' }, /Give kind, namespace and name apart/],
      [tool, { ...web, name: 'webb' }, /^There is no Deployment "webb" in namespace "shop".*Near names: web\./],
      [tool, { ...web, kind: 'flurb' }, noKind],
    ],
  ),
  ['list_resources', { kind: 'flurb' }, noKind],
  ['list_events', { kind: 'flurb' }, noKind],
  ['diagnose_resource', { ...web, kind: '../pods' }, /offers no kind "\.\.\/pods"\. Near names: pods\./],
  ['list_resources', { kind: 'pods', labelSelector: 'a=b=c' }, /unable to parse requirement.*Correct the selector/],
  ['list_resources', { kind: 'pods', fieldSelector: 'a=b' }, /field label not supported: a\. Correct the selector/],
  ['list_resources', { kind: 'pods', cursor: 'x' }, /^The cursor is not valid\. Leave it out/],
  ['get_logs', { ...web, container: 'x' }, /has no container "x"\. It has: app\./],
  ['get_logs', { ...web, since: 'yesterday' }, /is no span of time\. Write it like/],
  ['get_logs', { namespace: 'shop' }, /needs one target\. Give pod, or both kind and name/],
  ['list_events', { since: '-1h' }, /is no span of time\. Write it like/],
]

it.each(wrong)('%s %j', async (tool, args, sentence) => {
  const error = await ask(tool, args).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UserError)
  const { message, hint } = error as UserError
  expect(`${message} ${hint}`).toMatch(sentence)
  expect(simulator.requests.filter(({ path }) => /rm|%24|\.\.|token/.test(path))).toEqual([])
})

it.each([
  ['check_cluster_health', { limit: 1e9 }, 'limit'],
  ['list_resources', { kind: 'pods', limit: 1e9 }, 'limit'],
  ['get_logs', { ...web, tail: 1e9 }, 'tail'],
  ['list_events', { limit: -1 }, 'limit'],
  ['recommend_resources', { days: 1e9 }, 'days'],
  ['list_resources', { kind: 'x'.repeat(1000) }, 'kind'],
  ['list_contexts', { verbose: true }, ''],
])('%s refuses %j before it asks the cluster', (tool, args, field) => {
  const parsed = tools.find(({ name }) => name === tool)!.input.safeParse(args)
  expect(parsed.error?.issues[0]?.path.join('.')).toBe(field)
})

async function ask(name: string, args: object): Promise<unknown> {
  const tool = tools.find((each) => each.name === name) as unknown as Tool<KubernetesContext>
  return tool.run(tool.input.parse(args), context, { signal: AbortSignal.timeout(20_000), progress: () => {} })
}
