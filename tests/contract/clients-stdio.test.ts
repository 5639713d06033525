import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startKubernetesSimulator, type KubernetesSimulator } from '../../shared/simulator/src/kubernetes.ts'
import { loadDump } from '../../shared/simulator/src/kubernetes/dump.ts'
import { root } from '../house/source-files.ts'

interface Answer {
  result?: Record<string, unknown>
  error?: { code: number; message: string }
}

type Ask = (method: string, params?: object) => Promise<Answer>

const children: ChildProcessWithoutNullStreams[] = []
const home = mkdtempSync(join(tmpdir(), 'kubevigil-stdio-'))
let simulator: KubernetesSimulator

/** Starts a server as a client that knows nothing but the protocol. */
async function start(name: string, env: Record<string, string> = {}): Promise<Ask> {
  const child = spawn(process.execPath, [join(root, `servers/${name}/src/main.ts`)], {
    env: { HOME: home, PATH: '', ...env },
  })
  children.push(child)
  const waiting = new Map<number, (answer: Answer) => void>()
  createInterface(child.stdout).on('line', (line) => {
    const message = JSON.parse(line) as Answer & { id: number }
    waiting.get(message.id)?.(message)
  })
  let id = 0
  const ask: Ask = (method, params = {}) =>
    new Promise((resolve) => {
      id += 1
      waiting.set(id, resolve)
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
    })
  const clientInfo = { name: 'test', version: '1' }
  await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })
  child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
  return ask
}

/** The only text of a resource. */
function textOf({ result }: Answer): Record<string, unknown> {
  const [only] = result!['contents'] as { text: string }[]
  return JSON.parse(only!.text) as Record<string, unknown>
}

beforeAll(async () => {
  simulator = await startKubernetesSimulator({ dump: await loadDump('mixed') })
})

afterAll(async () => {
  for (const child of children) child.stdin.end()
  await simulator?.close()
})

describe('prompts and resources over stdio', () => {
  it('kubernetes: the health of the cluster is what its tool says', async () => {
    const kubeconfig = join(home, 'kubeconfig')
    writeFileSync(kubeconfig, simulator.kubeconfig())
    const ask = await start('kubernetes', { KUBECONFIG: kubeconfig })
    const health = textOf(await ask('resources/read', { uri: 'kubevigil://health' }))
    const { result } = await ask('tools/call', { name: 'check_cluster_health', arguments: {} })
    const told = result!['structuredContent'] as Record<string, unknown>
    expect(health['status']).toBe('critical')
    expect(health['counts']).toEqual(told['counts'])
    expect(Object.keys(health)).toEqual(Object.keys(told))
  })

  it('kubernetes: without a cluster the lists answer, and reading says what is missing', async () => {
    const ask = await start('kubernetes')
    expect((await ask('prompts/list')).result!['prompts']).toMatchObject([{ name: 'triage' }])
    expect((await ask('resources/list')).result!['resources']).toMatchObject([{ uri: 'kubevigil://health' }])
    const { error } = await ask('resources/read', { uri: 'kubevigil://health' })
    expect(error!.message).toContain('There is no kubeconfig')
  })

  it('session-memory: open incidents, one incident, and what is not there', async () => {
    const ask = await start('session-memory')
    expect(textOf(await ask('resources/read', { uri: 'kubevigil://incidents/open' }))).toEqual({
      incidents: [],
      nextCursor: null,
    })
    const { error } = await ask('resources/read', { uri: 'kubevigil://incidents/0a1b2c3d' })
    expect(error!.message).toContain('No incident is remembered under the fingerprint 0a1b2c3d')
    const { result } = await ask('prompts/get', { name: 'postmortem', arguments: { incident: '0a1b2c3d' } })
    expect(JSON.stringify(result)).toContain('postmortem of the incident 0a1b2c3d')
  })

  it('github and slack promise none', async () => {
    for (const name of ['github', 'slack']) {
      const ask = await start(name)
      expect((await ask('prompts/list')).error).toMatchObject({ code: -32601 })
      expect((await ask('resources/list')).error).toMatchObject({ code: -32601 })
    }
  })
})
