import { minute, second } from '@kubevigil/core/time'
import type { Store } from '@kubevigil/store/open'
import { requestTimeoutMs } from '../slack/api.ts'
import { concernsToken } from '../slack/refusals.ts'
import { claim, wakeAt } from './leases.ts'
import type { Scope } from './rows.ts'
import type { Kind, Row } from './schema.ts'
import { send, type Sender, type Sent } from './send.ts'

/** A tool call ends within this time, sent or queued. */
const callMs = 25 * second
/** The last moment of a call to begin a row: what it still needs is one request, or it is given back. */
const lastStartMs = callMs - requestTimeoutMs
/** After Slack was away, calls within this time try once and do not wait. */
const troubleMs = minute
/** Most rows of others that one call takes along. */
const mostOthers = 20

export interface Deliverer {
  /** Sends what is due in `scope`, waiting for what is due soon. @returns the kinds of rows this call sent */
  deliver: (scope: Scope) => Promise<Kind[]>
  /** Takes along what is due for anybody, without waiting; begins nothing after `until`. Not when Slack was just away. */
  drain: (until: number) => Promise<void>
}

export interface Clock {
  now: () => number
  sleep: (ms: number) => Promise<void>
}

/** Makes the loop that empties the outbox, over one sender. */
export function createDeliverer(store: Store, sender: Sender, clock: Clock): Deliverer {
  let troubleUntil = 0

  function take(scope: Scope): Row | undefined {
    return store.write((sql) => claim(sql, scope, sender.owner, clock.now()))
  }

  function note(sent: Sent): void {
    if (!sent.done && sent.failure.kind !== 'refused') troubleUntil = clock.now() + troubleMs
    if (sent.done) troubleUntil = 0
  }

  return {
    async deliver(scope) {
      const lastStart = clock.now() + lastStartMs
      const patient = clock.now() >= troubleUntil
      const kinds: Kind[] = []
      while (clock.now() <= lastStart) {
        const row = take(scope)
        if (row !== undefined) {
          const sent = await send(sender, row, () => clock.now() <= lastStart)
          note(sent)
          if (sent.done) kinds.push(row.kind)
          else if (sent.failure.kind === 'refused' || !patient) break
          continue
        }
        const wake = store.read((sql) => wakeAt(sql, scope, clock.now()))
        if (wake === undefined || wake > lastStart) break
        await clock.sleep(Math.max(wake - clock.now(), 10))
      }
      return kinds
    },
    async drain(until) {
      for (let count = 0; count < mostOthers && clock.now() < until; count++) {
        if (clock.now() < troubleUntil) return
        const row = take({})
        if (row === undefined) return
        const sent = await send(sender, row, () => clock.now() <= until)
        note(sent)
        if (!sent.done && sent.failure.kind === 'refused' && concernsToken(sent.failure.code)) return
      }
    },
  }
}
