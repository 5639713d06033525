import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { countingProxy } from './proxy.ts'
import { startServer, type BenchServer } from './server.ts'

const simulatorMain = fileURLToPath(new URL('../../shared/simulator/src/main.ts', import.meta.url))

/** A simulated cluster in a process of its own, behind a proxy that counts. */
export interface BenchCluster {
  /** A new bundled server that looks at the cluster. */
  server: () => Promise<BenchServer>
  /** Bytes the cluster sent so far. */
  bytes: () => number
  close: () => Promise<void>
}

/** @param args of the simulator's command line: what it serves */
export async function startCluster(args: readonly string[]): Promise<BenchCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'kubevigil-bench-'))
  const kubeconfig = join(folder, 'kubeconfig')
  const child = spawn(process.execPath, [simulatorMain, ...args, '--kubeconfig', kubeconfig], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // It prints one line when it is ready.
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('The simulator ended before it was ready.'))),
  ])) as [Buffer]
  const { url } = JSON.parse(line.toString()) as { url: string }
  const proxy = await countingProxy(Number(new URL(url).port))
  const direct = await readFile(kubeconfig, 'utf8')
  await writeFile(kubeconfig, direct.replaceAll(new URL(url).host, `127.0.0.1:${proxy.port}`))
  return {
    server: () => startServer(kubeconfig, folder),
    bytes: proxy.bytes,
    async close() {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      proxy.close()
      const kill = setTimeout(() => child.kill('SIGKILL'), 3000)
      await gone
      clearTimeout(kill)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
