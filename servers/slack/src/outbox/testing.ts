import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Notification } from '@kubevigil/core/notification'
import { createChannelPolicy } from '../slack/channel-policy.ts'
import { createFakeSlack, type FakeSlack } from './fake-slack.ts'
import { openOutbox, type Outbox } from './outbox.ts'

export const outage: Notification = {
  fingerprint: '3f2a91c0d4e5b677',
  channel: '#alerts',
  sev: 'SEV-2',
  state: 'new',
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
}

/** A state folder, a clock that only waiting moves, and a Slack in memory with the channels `alerts` and `news`. */
export interface Bench {
  folder: string
  incidentFolder: string
  slack: FakeSlack
  policy: ReturnType<typeof createChannelPolicy>
  time: number
  /** Opens the outbox as one more process would. */
  open: (options?: { token: boolean }) => Promise<Outbox>
  close: () => void
}

export function createBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'kubevigil-slack-'))
  const policy = createChannelPolicy(undefined, ['alerts', 'news'])
  const opened: Outbox[] = []
  const bench: Bench = {
    folder,
    incidentFolder: join(folder, 'logs', 'incidents'),
    slack: createFakeSlack(['alerts', 'news'], () => bench.time),
    policy,
    time: Date.parse('2026-11-20T14:15:00Z'),
    async open({ token } = { token: true }) {
      const clock = { now: () => bench.time, sleep: async (ms: number) => void (bench.time += ms) }
      const slack = token ? bench.slack : undefined
      const { incidentFolder } = bench
      const outbox = await openOutbox({ path: join(folder, 'slack.db'), slack, policy, incidentFolder, clock })
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
