import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCycle } from '../../agents/src/cycle.ts'
import { readClaudeConfig } from '../../agents/src/engines/claude/config.ts'
import { claudeEngine } from '../../agents/src/engines/claude/engine.ts'
import type { CycleReport } from '../../agents/src/report.ts'
import { problem, startClaude, type ClaudeStandIn } from '../../shared/simulator/src/claude.ts'
import { loadDump } from '../../shared/simulator/src/dump.ts'
import { startGitHub, type GitHubStandIn } from '../../shared/simulator/src/github.ts'
import { startKubernetesSimulator, type KubernetesSimulator } from '../../shared/simulator/src/kubernetes.ts'
import { startSlack, type Message, type SlackStandIn } from '../../shared/simulator/src/slack.ts'
import { root } from '../house/source-files.ts'
import { diligent } from './claude-script.ts'
import { openServers } from './week-servers.ts'

const hours = 168
/** A Monday, so that the week has its business days first. */
const monday = Date.parse('2026-11-23T00:00:00Z')

/** What happens: hours of an incident, of a cluster that cannot be reached, of a model that is away, of a Slack that takes nothing. */
const incident = (hour: number): boolean => (hour >= 10 && hour < 14) || (hour >= 100 && hour < 103)
const unreachable = (hour: number): boolean => hour === 50
const modelAway = (hour: number): boolean => hour === 100
const slackFull = (hour: number): boolean => hour === 10
/** Half an hour, so that nobody waits for it in a call and the next cycle finds it over. */
const patience = { 'retry-after': '1800' }

const home = mkdtempSync(join(tmpdir(), 'kubevigil-week-'))
const reports: CycleReport[] = []
/** Requests to the model by hour. */
const asked: number[] = []
let cluster: KubernetesSimulator
let github: GitHubStandIn
let slack: SlackStandIn
let claude: ClaudeStandIn
let messages: Message[]

beforeAll(async () => {
  // Only the date is made up, and it goes on; waiting moves it.
  vi.useFakeTimers({ toFake: ['Date'], shouldAdvanceTime: true, now: monday })
  const [healthy, broken] = await Promise.all([loadDump('homelab-healthy'), loadDump('homelab-incident')])
  cluster = await startKubernetesSimulator({ dump: healthy })
  github = await startGitHub({ repositories: [{ owner: 'example-homelab', name: 'kubernetes' }] })
  slack = await startSlack({ channels: ['critical-alerts', 'infrastructure-alerts'] })
  claude = await startClaude({ script: diligent })
  const kubeconfig = join(home, 'kubeconfig')
  writeFileSync(kubeconfig, cluster.kubeconfig({ clusterName: 'homelab', context: 'homelab' }), { mode: 0o600 })
  const variables = {
    KUBECONFIG: kubeconfig,
    KUBEVIGIL_HOME: home,
    KUBEVIGIL_SERVICES: join(root, 'claude-config/services.example.yaml'),
    GITHUB_API_URL: github.url,
    GITHUB_TOKEN: github.token,
    GITHUB_REPOS: 'example-homelab/kubernetes',
    SLACK_API_URL: `${slack.url}/api/`,
    SLACK_BOT_TOKEN: slack.token,
  }
  const { servers, close } = await openServers(variables, async (ms) => void vi.setSystemTime(Date.now() + ms))
  const engine = claudeEngine(readClaudeConfig({ ANTHROPIC_API_KEY: claude.key, ANTHROPIC_BASE_URL: claude.url }))
  const never = new AbortController().signal
  for (let hour = 0; hour < hours; hour++) {
    vi.setSystemTime(monday + hour * 3_600_000)
    cluster.load(incident(hour) ? broken : healthy)
    cluster.faults.splice(
      0,
      Infinity,
      ...(unreachable(hour) ? [{ effect: { kind: 'cut' as const, afterBytes: 0 } }] : []),
    )
    slack.faults.splice(
      0,
      Infinity,
      ...(slackFull(hour) ? [{ match: {}, action: { kind: 'status' as const, status: 429, headers: patience } }] : []),
    )
    claude.script = modelAway(hour) ? () => problem(529, 'busy', { 'retry-after': '0' }) : diligent
    const before = claude.requests.length
    const options = { cycle: `hour ${hour}`, context: undefined, dryRun: false, signal: never, stopping: never }
    const files = { services: undefined, policy: undefined }
    reports.push(await runCycle(servers, engine, { ...options, files, onStage: () => {} }, Date.now))
    asked.push(claude.requests.length - before)
  }
  messages = [...(await slack.messages('critical-alerts')), ...(await slack.messages('infrastructure-alerts'))]
  await close()
}, 300_000)

afterAll(async () => {
  vi.useRealTimers()
  await Promise.allSettled([cluster.close(), github.close(), slack.close(), claude.close()])
  rmSync(home, { recursive: true, force: true })
})

const told = (): Message[] => messages.filter(({ ts, thread_ts: thread }) => thread === undefined || thread === ts)

describe('a week of hourly cycles', () => {
  it('sees what happens and nothing else', () => {
    const bad = reports.flatMap(({ status }, hour) => (status === 'healthy' ? [] : [hour]))
    expect(bad).toEqual([10, 11, 12, 13, 50, 100, 101, 102])
  })

  it('asks no model while all is well or nothing changes', () => {
    const hoursAsked = asked.flatMap((count, hour) => (count === 0 ? [] : [hour]))
    expect(hoursAsked).toEqual([10, 50, 100])
    const hoursPaid = reports.flatMap(({ usage }, hour) => (usage.costUsd === 0 ? [] : [hour]))
    expect(hoursPaid).toEqual([10, 50])
  })

  it('says which engine ran, and why', () => {
    expect(reports[10]).toMatchObject({ engine: 'claude', engineNote: '' })
    expect(reports[11]).toMatchObject({ engine: 'claude', engineNote: 'nothing changed, so no model was asked' })
    expect(reports[100]).toMatchObject({
      engine: 'rules',
      engineNote: expect.stringContaining('overloaded (529') as string,
    })
  })

  it('tells every incident once, though Slack took nothing when the first one began', () => {
    expect(reports[10]?.incidents[0]?.notification?.state).toBe('queued')
    const decided = reports.flatMap(({ incidents }, hour) =>
      incidents.flatMap(({ decision }) => (decision.notify && decision.form === 'full' ? [hour] : [])),
    )
    expect(decided).toEqual([10, 50, 100])
    // One message each: what comes back after more than a day is told anew.
    expect(told().map(({ text }) => text)).toEqual([
      expect.stringContaining('chores-tracker-backend is down') as string,
      expect.stringContaining('the API server cannot be reached') as string,
      expect.stringContaining('chores-tracker-backend is down') as string,
    ])
  })

  it('resolves every incident once, in the first cycle that sees it over', () => {
    const ends = reports.flatMap(({ incidents }, hour) =>
      incidents.flatMap(({ state, notification }) =>
        state === 'resolved' && notification?.state === 'resolved' ? [hour] : [],
      ),
    )
    expect(ends).toEqual([14, 51, 103])
    for (const { text } of told()) expect(text).toMatch(/resolved/i)
  })

  it('has nothing to warn of', () => {
    expect(reports.flatMap(({ warnings }) => warnings)).toEqual([])
  })
})
