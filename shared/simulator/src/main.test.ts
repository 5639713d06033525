import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
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
    const [notJson, noDump] = [join(folder, 'not.json'), join(folder, 'no.json')]
    await writeFile(notJson, 'hello')
    await writeFile(noDump, '{"version":{},"takenAt":"2026-11-21T00:00:00Z","lists":{"/api/v1/pods":{}}}')
    const faults: [string, string[]][] = [
      ['No dump at nowhere.json', ['--dump', 'nowhere.json']],
      ['is not JSON', ['--dump', notJson]],
      ['is no cluster dump: the list /api/v1/pods has no items', ['--dump', noDump]],
      ['Give either --dump FILE or --pods N', []],
      ['--failing must be between 0 and 1', ['--pods', '10', '--failing', '3']],
      ['--port must be a whole number', ['--dump', 'mixed', '--port', '99999']],
      ["Unknown option '--frob'", ['--frob']],
    ]
    const outcomes = await Promise.all(faults.map(([, args]) => simulate(...args, '--kubeconfig', kubeconfig)))
    for (const [index, [words]] of faults.entries()) {
      const { code, stdout, stderr } = outcomes[index] as Outcome
      expect([code, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1])
      expect(stderr).toContain(words)
    }
    expect(existsSync(kubeconfig)).toBe(false)
  })

  test('a kubeconfig that cannot be written stops it', async () => {
    const { code, stderr } = await simulate('--dump', 'quota', '--kubeconfig', join(folder, 'missing', 'config'))
    expect([code, stderr.startsWith('Cannot write')]).toEqual([2, true])
  })

  test('helps', async () => {
    expect((await simulate('--help')).stdout).toContain('pnpm simulate --dump FILE')
  })
})
