import { second } from '@kubevigil/core/time'
import { describeError } from '@kubevigil/mcp-kit/errors'
import { log } from '@kubevigil/mcp-kit/log'
import type { Store } from '@kubevigil/store/open'
import type { SlackApi } from '../slack/api.ts'
import type { TeamsApi } from '../teams/webhook.ts'
import type { ChannelIds } from './channel-ids.ts'
import { createDeliverer, lastStartMs, type Clock, type Deliverer } from './deliver.ts'
import { linkFromDigest } from './digest-links.ts'
import { createIncidentFiles } from './incident-files.ts'
import type { Routing } from './incident-rows.ts'
import { createOwner } from './owner.ts'
import { retryAll, retryRefused, type Scope } from './rows.ts'
import type { Kind, Row } from './schema.ts'
import { sendCard } from './send-card.ts'
import { send } from './send.ts'

/** How long a call goes on taking along what others left, from its beginning. */
const drainMs = 8 * second
/** The same for a call with nothing of its own to say. */
const readDrainMs = 4 * second

/** Carries what is on disk to Slack and to Teams, each at its pace: what one of them does never holds up the other. */
export interface Postman {
  /** Sends what a call is about first, because it is what somebody waits for, then what others left. @returns the kinds sent */
  deliver: (scope: Scope) => Promise<Kind[]>
  /** Sends what is due, briefly; never throws. */
  drain: () => Promise<void>
  /** Sends what waits, trying at most `most` rows each way. @returns the keys of what was sent */
  flush: (most: number) => Promise<string[]>
}

export interface PostmanOptions {
  store: Store
  slack: SlackApi | undefined
  ids: ChannelIds | undefined
  teams: TeamsApi | undefined
  routing: Routing
  incidentFolder: string
  clock: Clock
}

/** Makes the ways out that are configured, and the files of incidents nobody could be told of. */
export function createPostman(options: PostmanOptions): Postman {
  const { store, routing, incidentFolder, clock } = options
  const { now } = clock
  const files = createIncidentFiles(store, { folder: incidentFolder, ways: routing.ways, now })
  files.sync()
  const deliverers = createDeliverers(options)

  return {
    async deliver(scope) {
      const began = now()
      store.write((sql) => retryRefused(sql, scope, began))
      const kinds = await Promise.all(
        deliverers.map(async (deliverer) => {
          const sent = await deliverer.deliver(scope)
          await deliverer.drain({ until: began + drainMs })
          return sent
        }),
      )
      files.sync()
      return kinds.flat()
    },
    async drain() {
      try {
        const until = now() + readDrainMs
        await Promise.all(deliverers.map((deliverer) => deliverer.drain({ until })))
        files.sync()
      } catch (error) {
        log('warn', 'What waits could not be sent', { error: describeError(error) })
      }
    },
    async flush(most) {
      const began = now()
      store.write((sql) => retryAll(sql, began))
      const bounds = { until: began + lastStartMs, most, insist: true }
      const keys = await Promise.all(deliverers.map((deliverer) => deliverer.drain(bounds)))
      files.sync()
      return keys.flat()
    },
  }
}

function createDeliverers({ store, slack, ids, teams, routing, clock }: PostmanOptions): Deliverer[] {
  const { now } = clock
  const owner = createOwner()
  const holder = { store, owner, now }
  const deliverers: Deliverer[] = []
  if (slack && ids) {
    const sender = { ...holder, slack, ids }
    const carry = async (row: Row, mayBegin: () => boolean) => {
      const sent = await send(sender, row, mayBegin)
      if (sent.outcome === 'sent' && mayBegin()) await linkFromDigest({ store, slack, routing, now }, row)
      return sent
    }
    deliverers.push(createDeliverer(store, { way: 'slack', owner, send: carry }, clock))
  }
  if (teams) {
    const carry = (row: Row) => sendCard(holder, teams, row)
    deliverers.push(createDeliverer(store, { way: 'teams', owner, send: carry }, clock))
  }
  return deliverers
}
