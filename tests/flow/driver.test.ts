import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openDriverStore } from '../../agents/src/schedule/store.ts'
import type { CycleReport } from '../../agents/src/report.ts'
import { startClaude, type ClaudeStandIn } from '../../shared/simulator/src/claude.ts'
import { startWorld, type DemoWorld } from '../../shared/simulator/src/demo/world.ts'
import { root } from '../house/source-files.ts'
import { diligent } from './claude-script.ts'

let world: DemoWorld
let claude: ClaudeStandIn
let count = 0
beforeAll(async () => {
  world = await startWorld()
  claude = await startClaude({ script: diligent })
})
afterAll(async () => {
  await Promise.all([world.close(), claude.close()])
})

/** A home of its own for each test: another memory, another outbox, another lease. */
function newHome(): Record<string, string> {
  count += 1
  const home = `${world.environment['KUBEVIGIL_HOME']}-${count}`
  return { ...world.environment, KUBEVIGIL_HOME: home, KUBEVIGIL_ENGINE: 'auto', LOG_LEVEL: 'info' }
}

const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})

interface Run {
  child: ChildProcess
  said: () => { stdout: string; stderr: string }
  ended: Promise<number | null>
}

/** Starts the driver as a user would. */
function start(environment: Record<string, string>, ...args: string[]): Run {
  const child = spawn(process.execPath, [join(root, 'agents/src/main.ts'), ...args], {
    env: { PATH: '', HOME: environment['KUBEVIGIL_HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, said: () => said, ended }
}

/** Waits until the driver has said something. */
async function until({ child, said }: Run, pattern: RegExp): Promise<void> {
  while (!pattern.test(said().stdout + said().stderr)) {
    if (child.exitCode !== null) throw new Error(`it ended: ${said().stderr}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const withClaude = (): Record<string, string> => ({
  ...newHome(),
  ANTHROPIC_API_KEY: claude.key,
  ANTHROPIC_BASE_URL: claude.url,
})

describe('kubevigil cycle', () => {
  it('lets Claude read what changed when there is a key, and tells what it cost', async () => {
    const environment = withClaude()
    const first = start(environment, 'cycle', '--json')
    expect(await first.ended).toBe(0)
    const report = JSON.parse(first.said().stdout) as CycleReport
    expect(report).toMatchObject({ engine: 'claude', engineNote: '', warnings: [] })
    expect(report.usage.costUsd).toBeGreaterThan(0)
    expect(report.incidents[0]?.explanation).toContain('Users are affected')
    const thread = await world.slack.messages('critical-alerts')
    expect(JSON.stringify(thread)).toMatch(/A model's reading of the evidence.*Users are affected/)
    // No server was given the key: what they say and what is stored shows none of it.
    expect(JSON.stringify([first.said(), thread])).not.toContain(claude.key)

    const second = start(environment, 'cycle')
    expect(await second.ended).toBe(0)
    expect(second.said().stdout).toMatch(/claude engine, \d+\.\d s; nothing changed, so no model was asked/)
  })

  it('takes the rules when told so, or without a key', async () => {
    const asked = claude.asked.length
    const told = start(withClaude(), 'cycle', '--dry-run', '--engine', 'rules')
    const keyless = start(newHome(), 'cycle', '--dry-run')
    expect(await told.ended).toBe(0)
    expect(await keyless.ended).toBe(0)
    expect(told.said().stdout).toContain('rules engine')
    expect(keyless.said().stdout).toContain('ANTHROPIC_API_KEY is not set')
    expect(claude.asked).toHaveLength(asked)
  })

  it.each([
    [['cycle', '--engine', 'claude'], {}, /needs a key, and ANTHROPIC_API_KEY is not set/],
    [['cycle'], { KUBECONFIG: '/nowhere/config' }, /kubeconfig \/nowhere\/config does not exist/],
    [['watch'], { KUBECONFIG: '/nowhere/config' }, /kubeconfig \/nowhere\/config does not exist/],
    [['watch', '--context', 'elsewhere'], {}, /no context "elsewhere" in the kubeconfig. It has: homelab/],
    [['watch', '--cron', 'hourly'], {}, /"hourly" is no cron expression/],
    [['watch'], { CLAUDE_BUDGET_USD: 'much' }, /CLAUDE_BUDGET_USD: got "much"/],
    [
      ['watch'],
      { KUBEVIGIL_SERVICES: '/nowhere/services.yaml' },
      /services.yaml named by KUBEVIGIL_SERVICES does not exist/,
    ],
  ])('%j with %j ends with 2 and says why', async (args, settings, why) => {
    const run = start({ ...newHome(), ...settings }, ...args)
    expect(await run.ended).toBe(2)
    expect(run.said().stderr).toMatch(why)
  })

  it('gives way with 3 to another driver in a cycle, and says who', async () => {
    const environment = newHome()
    const store = await openDriverStore(environment['KUBEVIGIL_HOME']!)
    store.take(`${environment['KUBECONFIG']}#current`, Date.now())
    const run = start(environment, 'cycle')
    expect(await run.ended).toBe(3)
    store.close()
    expect(run.said().stderr).toMatch(/pid \d+ on \S+ is in a cycle of the same cluster since/)
  })
})

describe('kubevigil watch', () => {
  it('looks, tells that it lives, and ends with 0 on SIGTERM', async () => {
    const environment = newHome()
    const before = start(environment, 'health')
    expect(await before.ended).toBe(1)
    expect(before.said().stdout).toContain('no watch has run here')
    const run = start(environment, 'watch', '--every', '1h', '--json')
    await until(run, /Waiting for the next cycle.*every 60m/)
    expect(JSON.parse(run.said().stdout)).toMatchObject({ status: 'critical' })
    expect(run.said().stderr).toMatch(/"message":"Cycle done".*"status":"critical"/)
    const health = start(environment, 'health')
    expect(await health.ended).toBe(0)
    expect(health.said().stdout).toMatch(
      /^healthy: the next cycle is due in \d+m; the last cycle ended \d+s ago \(critical\)/,
    )

    // A second driver of the same cluster has nothing to do until the hour is over.
    const other = start(environment, 'watch', '--every', '1h')
    await until(other, /Waiting for the next cycle/)
    expect(other.said().stdout).toBe('')
    for (const { child, ended } of [run, other]) {
      child.kill('SIGTERM')
      expect(await ended).toBe(0)
    }
  })

  it('stops in the middle without sending, and does the cycle after a restart', async () => {
    const environment = withClaude()
    claude.faults.push({ match: { path: '/v1/messages' }, action: { kind: 'hang' } })
    const asked = claude.requests.length
    const run = start(environment, 'watch', '--every', '1h')
    while (claude.requests.length === asked) await new Promise((resolve) => setTimeout(resolve, 20))
    run.child.kill('SIGTERM')
    expect(await run.ended).toBe(0)
    expect(run.said().stdout).toBe('')
    claude.faults.length = 0

    const again = start(environment, 'watch', '--every', '1h', '--json')
    await until(again, /"message":"Cycle done"/)
    expect(JSON.parse(again.said().stdout.split('\n')[0]!)).toMatchObject({
      incidents: [{ state: 'new', sev: 'SEV-1' }, {}],
    })
    again.child.kill('SIGTERM')
    expect(await again.ended).toBe(0)
  })
})
