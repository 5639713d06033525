import { minute, second } from '@kubevigil/core/time'
import type { Store } from '@kubevigil/store/open'
import { requestTimeoutMs } from '../slack/api.ts'
import { concernsToken } from '../slack/refusals.ts'
import { claim, nextTurn, wakeAt } from './leases.ts'
import type { Scope } from './rows.ts'
import type { Kind, Row, Way } from './schema.ts'
import type { Sent } from './outcome.ts'
import { paceMs } from './ways.ts'

/** A tool call ends within this time, sent or queued. */
const callMs = 25 * second
/** The last moment of a call to begin a row: what it still needs is one request, or it is given back. */
export const lastStartMs = callMs - requestTimeoutMs
/** After Slack was away, calls within this time try once and do not wait. */
const troubleMs = minute
/** Most rows of others that one call takes along. */
const mostOthers = 20

export interface Deliverer {
  /** Sends what is due in `scope`, waiting for what is due soon. @returns the kinds of rows this call sent */
  deliver: (scope: Scope) => Promise<Kind[]>
  /** Takes along what is due for anybody, each channel at its pace. @returns the keys of the rows that were sent */
  drain: (bounds: DrainBounds) => Promise<string[]>
}

export interface DrainBounds {
  /** Nothing is begun after this moment. */
  until: number
  /** Most rows that are tried. */
  most?: number
  /** Also when Slack was away a moment ago, because somebody asks for it; it ends with the first failure. */
  insist?: boolean
}

export interface Clock {
  now: () => number
  sleep: (ms: number) => Promise<void>
}

/** What sends the rows of one way out. */
export interface Carrier {
  way: Way
  /** Who holds the leases. */
  owner: string
  /** @param mayBegin whether there is time for another request */
  send: (row: Row, mayBegin: () => boolean) => Promise<Sent>
}

/** Makes the loop that empties the outbox on one way out. */
export function createDeliverer(store: Store, { way, owner, send }: Carrier, clock: Clock): Deliverer {
  let troubleUntil = 0

  function take(scope: Scope): Row | undefined {
    return store.write((sql) => claim(sql, { ...scope, way }, owner, clock.now()))
  }

  function note(sent: Sent): void {
    if (sent.outcome === 'failed' && sent.failure.kind !== 'refused') troubleUntil = clock.now() + troubleMs
    if (sent.outcome === 'sent') troubleUntil = 0
  }

  /** Waits for a channel's turn, which comes soon; nothing else is worth waiting for. */
  async function turnCame(until: number): Promise<boolean> {
    const now = clock.now()
    const turn = store.read((sql) => nextTurn(sql, { way }, now))
    if (turn === undefined || turn > Math.min(until, now + paceMs[way])) return false
    await clock.sleep(Math.max(turn - now, 10))
    return true
  }

  return {
    async deliver(scope) {
      const lastStart = clock.now() + lastStartMs
      let patient = clock.now() >= troubleUntil
      const kinds: Kind[] = []
      while (clock.now() <= lastStart) {
        const row = take(scope)
        if (row !== undefined) {
          const sent = await send(row, () => clock.now() <= lastStart)
          note(sent)
          if (sent.outcome === 'failed' && (sent.failure.kind === 'refused' || !patient)) break
          if (sent.outcome === 'sent') {
            kinds.push(row.kind)
            patient = true
          }
          continue
        }
        if (!patient) break
        const wake = store.read((sql) => wakeAt(sql, { ...scope, way }, clock.now()))
        if (wake === undefined || wake > lastStart) break
        await clock.sleep(Math.max(wake - clock.now(), 10))
      }
      return kinds
    },
    async drain({ until, most = mostOthers, insist = false }) {
      const keys: string[] = []
      for (let tried = 0; tried < most && clock.now() < until;) {
        if (!insist && clock.now() < troubleUntil) break
        const row = take({})
        if (row === undefined) {
          if (!(await turnCame(until))) break
          continue
        }
        tried++
        const sent = await send(row, () => clock.now() <= until)
        note(sent)
        if (sent.outcome === 'sent') keys.push(row.key)
        if (sent.outcome === 'failed' && (sent.failure.kind !== 'refused' || concernsToken(sent.failure.code))) break
      }
      return keys
    },
  }
}
