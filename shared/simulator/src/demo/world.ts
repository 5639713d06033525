import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadDump, type Dump } from '../dump.ts'
import { startGitHub } from '../github.ts'
import { startKubernetesSimulator } from '../kubernetes.ts'
import { startSlack, type SlackStandIn } from '../slack.ts'
import { demoRepository, writeHistory, type Revisions } from './repository.ts'

export interface DemoWorld {
  /** What a Kubevigil process needs to live in this world. */
  environment: Record<string, string>
  slack: SlackStandIn
  /** Replaces the broken cluster with the repaired one. */
  recover: () => Promise<void>
  close: () => Promise<void>
}

/** The moment, before the recording was taken, at which Argo CD synced the change: see the Application's history in it. */
const syncBeforeTaken = 147_000

/** Starts the recorded homelab with its incident, the GitHub repository behind it and a Slack workspace, all on loopback. */
export async function startWorld(): Promise<DemoWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'kubevigil-demo-'))
  const github = await startGitHub({ repositories: [demoRepository] })
  const slack = await startSlack({ channels: ['critical-alerts', 'infrastructure-alerts'] })
  const revisions = await writeHistory(github, Date.now() - syncBeforeTaken)
  const cluster = await startKubernetesSimulator({ dump: withRevisions(await loadDump('homelab-incident'), revisions) })
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, cluster.kubeconfig({ clusterName: 'homelab', context: 'homelab' }), { mode: 0o600 })
  return {
    environment: {
      KUBECONFIG: kubeconfig,
      KUBEVIGIL_HOME: join(folder, 'state'),
      KUBEVIGIL_SERVICES: fileURLToPath(new URL('../../../../claude-config/services.example.yaml', import.meta.url)),
      GITHUB_API_URL: github.url,
      GITHUB_TOKEN: github.token,
      GITHUB_REPOS: `${demoRepository.owner}/${demoRepository.name}`,
      SLACK_API_URL: `${slack.url}/api/`,
      SLACK_BOT_TOKEN: slack.token,
      // No key of whoever runs it: the demo calls nobody and costs nothing.
      KUBEVIGIL_ENGINE: 'rules',
      LOG_LEVEL: 'error',
    },
    slack,
    async recover() {
      cluster.load(withRevisions(await loadDump('homelab-healthy'), revisions))
    },
    async close() {
      await Promise.allSettled([cluster.close(), github.close(), slack.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The recordings name the demo's commits by placeholders, because a commit's hash hangs on its date. */
function withRevisions(dump: Dump, revisions: Revisions): Dump {
  return JSON.parse(
    JSON.stringify(dump).replace(/REVISION-OF-COMMIT-[12]/g, (name) => revisions[name as keyof Revisions]),
  ) as Dump
}
