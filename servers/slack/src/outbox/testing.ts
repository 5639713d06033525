import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Notification } from '@kubevigil/core/notification'
import { createChannelPolicy } from '../slack/channel-policy.ts'
import { createFakeSlack, type FakeSlack } from './fake-slack.ts'
import type { Store } from '@kubevigil/store/open'
import type { SlackApi } from '../slack/api.ts'
import type { ChannelPolicy } from '../slack/channel-policy.ts'
import type { TeamsApi } from '../teams/webhook.ts'
import type { Clock } from './deliver.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { openState } from './state.ts'

export const outage: Notification = {
  fingerprint: '3f2a91c0d4e5b677',
  channel: '#alerts',
  sev: 'SEV-2',
  state: 'new',
  form: 'full',
  nextUpdate: null,
  cluster: 'homelab',
  service: 'web',
  title: 'web restarts',
  impact: 'Pages load slowly.',
  since: '2026-11-20T14:03:00Z',
  cause: 'not enough memory',
  evidence: [],
  nextSteps: [],
  rollback: [],
  change: null,
  owners: [],
  explanation: '',
  covers: 0,
}

/** An outbox with the database that it opened. */
export interface OpenOutbox extends Outbox {
  store: Store
  close: () => void
}

/** Opens the outbox as a process would. */
export async function openOutbox(options: {
  path: string
  slack?: SlackApi | undefined
  teams?: TeamsApi | undefined
  policy: ChannelPolicy
  incidentFolder: string
  clock?: Clock
}): Promise<OpenOutbox> {
  const { path, slack, teams, policy, incidentFolder, clock } = options
  const store = await openState(path)
  const ways = { slack: slack !== undefined, teams: teams !== undefined }
  const routing = { policy, ways }
  const outbox = createOutbox({
    store,
    slack,
    teams,
    routing,
    incidentFolder,
    ...(clock === undefined ? {} : { clock }),
  })
  return { ...outbox, store, close: () => store.close() }
}

/** A state folder, a clock that only waiting moves, and a Slack in memory with the channels `alerts` and `news`. */
export interface Bench {
  folder: string
  incidentFolder: string
  slack: FakeSlack
  policy: ReturnType<typeof createChannelPolicy>
  time: number
  /** Opens the outbox as one more process would. */
  open: (options?: { token?: boolean; teams?: TeamsApi }) => Promise<OpenOutbox>
  close: () => void
}

/** Makes one in a folder of its own; `close` removes it. */
export function createBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'kubevigil-slack-'))
  const policy = createChannelPolicy(undefined, ['alerts', 'news'])
  const opened: OpenOutbox[] = []
  const bench: Bench = {
    folder,
    incidentFolder: join(folder, 'logs', 'incidents'),
    slack: createFakeSlack(['alerts', 'news'], () => bench.time),
    policy,
    time: Date.parse('2026-11-20T14:15:00Z'),
    async open({ token = true, teams } = {}) {
      const clock = { now: () => bench.time, sleep: async (ms: number) => void (bench.time += ms) }
      const slack = token ? bench.slack : undefined
      const { incidentFolder } = bench
      const outbox = await openOutbox({ path: join(folder, 'slack.db'), slack, teams, policy, incidentFolder, clock })
      opened.push(outbox)
      return outbox
    },
    close() {
      for (const outbox of opened) outbox.close()
      rmSync(folder, { recursive: true })
    },
  }
  return bench
}
