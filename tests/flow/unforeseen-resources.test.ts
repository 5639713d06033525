import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Incident } from '../../shared/core/src/incident.ts'
import type { Coverage } from '../../shared/core/src/observe.ts'
import { connectServer, type ConnectedServer } from '../../shared/mcp-kit/src/client.ts'
import { startKubernetesSimulator, type KubernetesSimulator } from '../../shared/simulator/src/kubernetes.ts'
import { loadDump, type Dump } from '../../shared/simulator/src/kubernetes/dump.ts'

/** Custom resources of types nobody prepared for are judged by their own conditions, over the whole way. */

const main = fileURLToPath(new URL('../../servers/kubernetes/src/main.ts', import.meta.url))
let simulator: KubernetesSimulator
let kubernetes: ConnectedServer

beforeAll(async () => {
  simulator = await startKubernetesSimulator({ dump: withWidgets(await loadDump('homelab-healthy')) })
  const folder = mkdtempSync(join(tmpdir(), 'kubevigil-flow-'))
  writeFileSync(join(folder, 'config'), simulator.kubeconfig())
  kubernetes = await connectServer(
    {
      name: 'kubernetes',
      command: process.execPath,
      args: [main],
      env: { HOME: folder, KUBECONFIG: join(folder, 'config') },
      onLog: () => {},
    },
    '1.0.0',
  )
})

afterAll(async () => {
  await kubernetes?.close()
  await simulator?.close()
})

/** Widgets of a made-up operator: one is well, one has failed for an hour, one is on its way. */
function withWidgets(dump: Dump): Dump {
  const at = Date.parse(dump.takenAt)
  const widget = (name: string, status: string, minutes: number) => {
    const since = new Date(at - minutes * 60_000).toISOString()
    return {
      apiVersion: 'widgets.example.com/v1',
      kind: 'Widget',
      metadata: { name, namespace: 'mysql', uid: name, creationTimestamp: since, generation: 1 },
      status: {
        observedGeneration: 1,
        conditions: [
          { type: 'Ready', status, reason: 'NoBackend', message: 'no backend answers', lastTransitionTime: since },
        ],
      },
    }
  }
  dump.lists['/apis/widgets.example.com/v1/widgets'] = {
    kind: 'WidgetList',
    apiVersion: 'widgets.example.com/v1',
    items: [widget('well', 'True', 60), widget('failed', 'False', 60), widget('on-its-way', 'False', 1)],
  }
  // More of another type, which says nothing of how it is, than one look reads.
  dump.lists['/apis/gadgets.example.com/v1/gadgets'] = {
    kind: 'GadgetList',
    apiVersion: 'gadgets.example.com/v1',
    items: Array.from({ length: 150 }, (_, index) => ({
      apiVersion: 'gadgets.example.com/v1',
      kind: 'Gadget',
      metadata: { name: `gadget-${index}`, namespace: 'mysql', creationTimestamp: dump.takenAt },
    })),
  }
  return dump
}

it('tells the one that failed, and nothing else of a healthy cluster', async () => {
  const { incidents, coverage } = await kubernetes.call<{ incidents: Incident[]; coverage: Coverage[] }>(
    'check_cluster_health',
    { minSeverity: 'warning' },
  )
  expect(incidents.map(({ rule, root }) => ({ rule, root }))).toEqual([
    { rule: 'CUSTOM_RESOURCE_NOT_READY', root: { kind: 'Widget', namespace: 'mysql', name: 'failed' } },
  ])
  expect(incidents[0]!.evidence).toContain('no backend answers')
  expect(coverage.filter(({ status }) => status !== 'ok' && status !== 'absent')).toEqual([])
  expect(coverage).toContainEqual({
    source: 'other custom resources',
    status: 'ok',
    detail: '2 types looked at; not whole: gadgets.gadgets.example.com',
  })
})
