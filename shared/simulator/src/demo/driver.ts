import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'

const driver = fileURLToPath(new URL('../../../../agents/src/main.ts', import.meta.url))

/**
 * Runs `kubevigil cycle` as a user would: its own process with its own servers.
 * @returns what it printed on stdout; its stderr goes to ours
 * @throws Error with the exit status when it failed
 */
export async function runCycle(environment: Record<string, string>, options: string[]): Promise<string> {
  const child = spawn(process.execPath, [driver, 'cycle', ...options], {
    // Away from the reader's own .env file, whose tokens and webhooks are for real places.
    cwd: tmpdir(),
    env: { ...ofTheTerminal(), ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (status !== 0) throw new Error(`the cycle ended with status ${status}`)
  return Buffer.concat(chunks).toString('utf8')
}

/** What a program needs of the terminal it is run from; nothing that names a cluster, a workspace or a key. */
function ofTheTerminal(): Record<string, string> {
  const names = /^(?:PATH|HOME|TMPDIR|TEMP|TMP|TERM|COLORTERM|FORCE_COLOR|NO_COLOR|LANG|TZ|SystemRoot)$/i
  // oxlint-disable-next-line node/no-process-env -- the child gets this terminal's PATH and colours
  const own = Object.entries(process.env).filter(([name]) => names.test(name))
  return Object.fromEntries(own) as Record<string, string>
}
