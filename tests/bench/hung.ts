import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atMost, holds, type Figure } from './figure.ts'
import { silentServer } from './proxy.ts'
import { startServer } from './server.ts'

/** An API server that takes connections and never answers: how soon that is said, and whether the server lives meanwhile. */
export async function hungFigures(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kubevigil-bench-'))
  const silent = await silentServer()
  try {
    const path = join(folder, 'kubeconfig')
    await writeFile(path, kubeconfigFor(silent.port))
    const server = await startServer(path, folder)
    const answered = server.call('list_resources', { kind: 'pods' })
    const ping = await server.ping()
    const listed = await answered
    const health = await server.call('check_cluster_health', {})
    await server.close()
    const { status, coverage } = health.structured as { status?: string; coverage?: { detail: string }[] }
    return [
      atMost('hung API server: a list says so after', listed.millis, 10_000, 'ms'),
      holds(
        'hung API server: its words',
        listed.text.slice(0, 60),
        'a clear error',
        saysHung(listed.isError, listed.text),
      ),
      atMost('hung API server: health says so after', health.millis, 10_000, 'ms'),
      holds(
        'hung API server: health status',
        String(status),
        'unknown',
        status === 'unknown' && saysHung(true, coverage?.[0]?.detail ?? ''),
      ),
      atMost('hung API server: ping meanwhile', ping, 50, 'ms'),
    ]
  } finally {
    silent.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function saysHung(isError: boolean, text: string): boolean {
  return isError && /did not answer|no answer|not answer/.test(text)
}

function kubeconfigFor(port: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'hung', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'hung', user: { token: 'none' } }],
    contexts: [{ name: 'hung', context: { cluster: 'hung', user: 'hung' } }],
    'current-context': 'hung',
  })
}
