import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulate-'))
})

afterEach(async () => rm(folder, { recursive: true }))

interface Outcome {
  code: number
  stdout: string
  stderr: string
}

/** Runs the command to its end. */
async function simulate(...args: string[]): Promise<Outcome> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [main, ...args])) }
  } catch (error) {
    return error as Outcome
  }
}

describe('pnpm simulate', () => {
  test('serves until it is stopped, with a kubeconfig that only its owner reads', async () => {
    const kubeconfig = join(folder, 'config')
    const child = spawn(process.execPath, [main, '--dump', 'mixed', '--kubeconfig', kubeconfig])
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const ready = JSON.parse(line.toString()) as { url: string; kubeconfig: string }
    expect(ready.kubeconfig).toBe(kubeconfig)
    expect((await fetch(`${ready.url}/livez`)).status).toBe(200)
    expect((await stat(kubeconfig)).mode & 0o777).toBe(0o600)
    expect(await readFile(kubeconfig, 'utf8')).toContain('current-context: "simulated"')
    expect(await readdir(folder)).toEqual(['config'])
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('says in one sentence what is wrong with its input, and writes nothing', async () => {
    const kubeconfig = join(folder, 'config')
    const { code, stdout, stderr } = await simulate('--dump', 'nowhere.json', '--kubeconfig', kubeconfig)
    const words = 'No dump at nowhere.json: give a .json or .json.gz file, or the name of a bundled recording.\n'
    expect([code, stdout, stderr]).toEqual([2, '', words])
    expect(existsSync(kubeconfig)).toBe(false)
  })

  test('a kubeconfig that cannot be written stops it', async () => {
    const { code, stderr } = await simulate('--dump', 'quota', '--kubeconfig', join(folder, 'missing', 'config'))
    expect([code, stderr.startsWith('Cannot write')]).toEqual([2, true])
  })
})
