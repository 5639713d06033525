import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DumpError } from './dump.ts'
import { help, readSettings, UsageError } from './kubernetes/arguments.ts'
import { startKubernetesSimulator } from './kubernetes.ts'

/** Writes a file that only its owner reads, whole or not at all: beside the target first, then renamed. */
async function writePrivately(path: string, content: string): Promise<void> {
  let folder: string | undefined
  try {
    folder = await mkdtemp(join(dirname(path), '.kubeconfig-'))
    await writeFile(join(folder, 'new'), content, { mode: 0o600 })
    await rename(join(folder, 'new'), path)
  } catch (error) {
    throw new UsageError(`Cannot write ${path}: ${error instanceof Error ? error.message : String(error)}.`)
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
}

async function main(): Promise<void> {
  const settings = await readSettings(process.argv.slice(2))
  if (settings === undefined) return void process.stdout.write(help)
  const { kubeconfig, ...options } = settings
  const simulator = await startKubernetesSimulator(options)
  try {
    await writePrivately(kubeconfig, simulator.kubeconfig())
  } catch (error) {
    await simulator.close()
    throw error
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close())
  process.stdout.write(`${JSON.stringify({ url: simulator.url, kubeconfig })}\n`)
}

try {
  await main()
} catch (error) {
  const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  if (!(error instanceof UsageError || error instanceof DumpError || inUse)) throw error
  process.stderr.write(`${inUse ? 'The port is in use: choose another --port.' : error.message}\n`)
  process.exitCode = 2
}
