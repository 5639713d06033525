import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCycle } from '../../agents/src/cycle.ts'
import { readClaudeConfig, type ClaudeConfig } from '../../agents/src/engines/claude/config.ts'
import type { Engine, Reading } from '../../agents/src/engines/engine.ts'
import type { CycleReport } from '../../agents/src/report.ts'
import { startServers, stopServers, type Servers } from '../../agents/src/servers.ts'
import { assess } from '../../agents/src/stages/assess.ts'
import { correlate } from '../../agents/src/stages/correlate.ts'
import { observe } from '../../agents/src/stages/observe.ts'
import { read } from '../../agents/src/stages/read.ts'
import { startClaude, type ClaudeStandIn } from '../../shared/simulator/src/claude.ts'
import { loadDump } from '../../shared/simulator/src/dump.ts'
import { startKubernetesSimulator, type KubernetesSimulator } from '../../shared/simulator/src/kubernetes.ts'
import { startSlack, type SlackStandIn } from '../../shared/simulator/src/slack.ts'
import { root } from '../house/source-files.ts'
import { diligent } from './claude-script.ts'

/** The recorded homelab with its incident, a Slack workspace, a Claude that follows a script, and the servers themselves. */
export interface ClaudeWorld {
  servers: Servers
  cluster: KubernetesSimulator
  slack: SlackStandIn
  claude: ClaudeStandIn
  /** What the driver would read of the environment, changed at will. */
  config: (changes?: Record<string, string>) => ClaudeConfig
  /** A whole cycle. */
  cycle: (engine: Engine, options?: { dryRun?: boolean }) => Promise<CycleReport>
  /** Only what an engine makes of the incident, which is new every time. */
  read: (engine: Engine) => Promise<Reading>
  close: () => Promise<void>
}

/**
 * @param log what the failing container wrote before it died
 * @param hasCatalog without a services file the incident is only SEV-3
 */
export async function startClaudeWorld({
  log = '',
  hasCatalog = true,
}: { log?: string; hasCatalog?: boolean } = {}): Promise<ClaudeWorld> {
  const home = mkdtempSync(join(tmpdir(), 'kubevigil-claude-'))
  const dump = await loadDump('homelab-incident')
  const logs = Object.fromEntries(
    Object.entries(dump.logs ?? {}).map(([name, text]) => [name, name.includes('backend') ? `${text}${log}\n` : text]),
  )
  const cluster = await startKubernetesSimulator({ dump: { ...dump, logs } })
  const slack = await startSlack({ channels: ['critical-alerts', 'infrastructure-alerts'] })
  const claude = await startClaude({ script: diligent })
  const kubeconfig = join(home, 'kubeconfig')
  writeFileSync(kubeconfig, cluster.kubeconfig({ clusterName: 'homelab', context: 'homelab' }), { mode: 0o600 })
  const variables = {
    KUBECONFIG: kubeconfig,
    KUBEVIGIL_HOME: home,
    KUBEVIGIL_SERVICES: hasCatalog ? join(root, 'claude-config/services.example.yaml') : undefined,
    SLACK_API_URL: `${slack.url}/api/`,
    SLACK_BOT_TOKEN: slack.token,
    LOG_LEVEL: 'error',
  }
  const servers = await startServers(variables, 'test', () => {})
  const never = new AbortController().signal
  const files = { services: variables.KUBEVIGIL_SERVICES, policy: undefined }
  const health = await observe(servers, undefined, never)
  const correlated = await correlate(servers, health, undefined, never)
  const assessed = await assess(servers, health, files, never, Date.now())
  let count = 0
  return {
    servers,
    cluster,
    slack,
    claude,
    config: (changes = {}) =>
      readClaudeConfig({ ANTHROPIC_API_KEY: claude.key, ANTHROPIC_BASE_URL: claude.url, ...changes }),
    cycle(engine, { dryRun = false } = {}) {
      count += 1
      const options = { cycle: `c${count}`, context: undefined, files, dryRun, signal: never, stopping: never }
      return runCycle(servers, engine, { ...options, onStage: () => {} }, Date.now)
    },
    read: (engine) => read(servers, engine, health, assessed, correlated, undefined, never),
    async close() {
      await stopServers(servers)
      await Promise.allSettled([cluster.close(), slack.close(), claude.close()])
      rmSync(home, { recursive: true, force: true })
    },
  }
}
