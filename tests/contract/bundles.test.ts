import { rm, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundleProgram } from '../../scripts/bundle-program.ts'
import { connectServer, type ConnectedServer } from '../../shared/mcp-kit/src/client.ts'
import { startWorld, type DemoWorld } from '../../shared/simulator/src/demo/world.ts'
import { root } from '../house/source-files.ts'

/** What a bundle leaves out, or takes in the wrong way, shows only in a bundle: each is asked what needs its vendor's SDK. */
const asked: [server: string, tool: string, args: object, answer: object][] = [
  ['kubernetes', 'check_cluster_health', {}, { cluster: 'homelab', status: 'critical' }],
  [
    'github',
    'list_changes',
    { repository: 'example-homelab/kubernetes', since: '2020-01-01T00:00:00Z' },
    { coverage: expect.any(Array) as unknown },
  ],
  ['slack', 'post_message', { channel: '#critical-alerts', text: 'hello', key: 'k' }, { state: 'sent' }],
  ['session-memory', 'get_memory_stats', {}, { notices: [] }],
]

let world: DemoWorld
const bundles = new Map<string, string>()

beforeAll(async () => {
  world = await startWorld()
  for (const [server] of asked) {
    // Below its own node_modules, where native modules are found and git does not look.
    const folder = join(root, 'servers', server, 'node_modules/.cache', `bundle-${process.pid}`)
    bundles.set(server, folder)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    await bundleProgram(`servers/${server}`, join(folder, 'dist'))
  }
})

afterAll(async () => {
  await world.close()
  for (const folder of bundles.values()) await rm(folder, { recursive: true, force: true })
})

it.each(asked)('%s: the bundle answers %s', async (server, tool, args, answer) => {
  const connected: ConnectedServer = await connectServer(
    {
      name: server,
      command: process.execPath,
      args: [join(bundles.get(server)!, 'dist/main.js')],
      env: world.environment,
      onLog: () => {},
    },
    'test',
  )
  try {
    expect(await connected.call(tool, args)).toMatchObject(answer)
  } finally {
    await connected.close()
  }
})
