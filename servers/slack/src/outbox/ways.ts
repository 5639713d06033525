import { second } from '@kubevigil/core/time'
import { shownName } from '../slack/channel-policy.ts'
import type { Row, Way } from './schema.ts'

/** Which ways out this installation has. */
export interface Ways {
  /** There is a bot token. */
  slack: boolean
  /** There is a webhook. */
  teams: boolean
}

/** The place of every card: one webhook leads to one chat or channel. No channel of Slack's has a capital letter. */
export const teamsPlace = 'Microsoft Teams'

/** Where an incident has its message: Slack, which can edit it, unless there is only Teams. Without both Slack's words wait on disk. */
export function firstWay({ slack, teams }: Ways): Way {
  return teams && !slack ? 'teams' : 'slack'
}

/** The place of a row as people know it. */
export function placeName({ channel }: Pick<Row, 'channel'>): string {
  return channel === teamsPlace ? teamsPlace : shownName(channel)
}

/**
 * The shortest time between two calls about one place: Slack takes about one message a second in a channel (docs.slack.dev, rate
 * limits; bursts are not promised), a Teams workflow is throttled above four a second.
 */
export const paceMs: Record<Way, number> = { slack: second, teams: second / 4 }
