import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Notification } from '@kubevigil/core/notification'
import { expect, test } from 'vitest'
import { createChannelPolicy } from '../slack/channel-policy.ts'
import { createFakeSlack } from './fake-slack.ts'
import { openOutbox } from './testing.ts'

const incident: Notification = {
  fingerprint: '3f2a91c0d4e5b677',
  channel: '#alerts',
  sev: 'SEV-2',
  state: 'new',
  form: 'full',
  nextUpdate: null,
  cluster: 'homelab',
  service: 'web',
  title: 'web restarts',
  impact: '',
  since: null,
  cause: '',
  evidence: [],
  nextSteps: [],
  rollback: [],
  change: null,
  owners: [],
  explanation: '',
  covers: 0,
}

function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

test(
  'whatever fails, restarts and comes back: one message, its last words, every reply once, a call a second',
  { timeout: 90_000 },
  async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const folder = mkdtempSync(join(tmpdir(), 'kubevigil-slack-'))
      const random = generator(seed)
      let time = Date.parse('2026-11-20T14:15:00Z')
      const clock = { now: () => time, sleep: async (ms: number) => void (time += ms) }
      const slack = createFakeSlack(['alerts'], () => time)
      const open = () =>
        openOutbox({
          path: join(folder, 'slack.db'),
          incidentFolder: join(folder, 'incidents'),
          slack,
          policy: createChannelPolicy('alerts', ['alerts']),
          clock,
        })
      let outbox = await open()
      let [fresh, last] = [0, '']
      for (let step = 0; step < 25; step++) {
        time += 30_000
        const what = random()
        if (what < 0.4) {
          const faults = [
            { kind: 'lost' },
            { kind: 'unsure', reason: '500' },
            { kind: 'unsent', reason: 'away' },
            { kind: 'unsent', reason: '429', retryAfterMs: 40_000 },
            undefined,
          ] as const
          slack.faults.push(faults[Math.floor(random() * faults.length)])
        } else if (what < 0.5) {
          outbox.close()
          outbox = await open()
        } else if (what < 0.6) {
          const end = { fingerprint: incident.fingerprint, resolvedAt: new Date(time).toISOString(), note: '' }
          if ((await outbox.resolve(end)).state !== 'skipped') last = 'Resolved'
        } else {
          last = `cause ${(fresh += random() < 0.7 ? 1 : 0)}`
          await outbox.notify({ ...incident, cause: last })
        }
      }
      slack.faults.length = 0
      for (let cycle = 0; cycle < 5; cycle++) {
        time += 600_000
        await outbox.drain()
      }
      const roots = slack.messages.filter(({ threadTs }) => threadTs === null)
      expect(roots, `seed ${seed}`).toHaveLength(last === '' ? 0 : 1)
      expect(roots[0]?.text ?? '', `seed ${seed}`).toContain(last)
      const keys = slack.messages.map(({ mark }) => mark.key)
      expect(new Set(keys).size, `seed ${seed}`).toBe(keys.length)
      const times = slack.began.map(({ at }) => at)
      for (const [index, at] of times.slice(1).entries()) expect(at - times[index]!).toBeGreaterThanOrEqual(1000)
      // Files of what waited are gone with the waiting.
      expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.json'))).toEqual([])
      outbox.close()
      rmSync(folder, { recursive: true })
    }
  },
)
