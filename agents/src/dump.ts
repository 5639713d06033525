import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { UserError } from '@kubevigil/mcp-kit/errors'

export interface ReplayedDump {
  /** Path of a kubeconfig for it. */
  kubeconfig: string
  stop: () => Promise<void>
}

/**
 * Serves a recorded cluster on loopback by the simulator, as `pnpm simulate` does, and waits until it is ready.
 * @throws UserError with the simulator's own sentence when the file is no dump
 */
export async function replayDump(dump: string): Promise<ReplayedDump> {
  const folder = await mkdtemp(join(tmpdir(), 'kubevigil-dump-'))
  // The simulator is not shipped: it runs from the sources, beside the sources and beside a bundle in a checkout.
  const simulator = fileURLToPath(new URL('../../shared/simulator/src/main.ts', import.meta.url))
  if (!existsSync(simulator)) {
    throw new UserError(
      'dump-unusable',
      'Dumps are replayed by the simulator, which is only in a checkout of the sources.',
      'Run the command there.',
    )
  }
  const kubeconfig = join(folder, 'kubeconfig')
  const child = spawn(process.execPath, [simulator, '--dump', dump, '--kubeconfig', kubeconfig], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await gone
    await rm(folder, { recursive: true, force: true })
  }
  const ready = await Promise.race([
    new Promise<boolean>((resolve) => createInterface(child.stdout).once('line', () => resolve(true))),
    gone.then(() => false),
  ])
  if (ready) return { kubeconfig, stop }
  await stop()
  throw new UserError('dump-unusable', said.trim() || `The dump ${dump} cannot be replayed.`, '')
}
