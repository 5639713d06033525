import {
  approveAction,
  approveReaction,
  denyAction,
  denyReaction,
  renderApproval,
  type ApprovalFacts,
} from '@kubevigil/core/notify/approval'
import { redactDeep } from '@kubevigil/core/redact'
import { describeError, UserError } from '@kubevigil/mcp-kit/errors'
import { log } from '@kubevigil/mcp-kit/log'
import type { Store } from '@kubevigil/store/open'
import type { Outbox } from '../outbox/outbox.ts'
import { rowOf } from '../outbox/rows.ts'
import type { Row } from '../outbox/schema.ts'
import type { SlackApi } from '../slack/api.ts'
import type { Buttons, Press } from '../slack/buttons.ts'
import type { ChannelPolicy } from '../slack/channel-policy.ts'
import { noToken } from '../slack/read-errors.ts'
import { decide, type ApprovalPolicy, type Vote } from './decide.ts'
import { createEar } from './ear.ts'
import { aboutOf, approvalOf, approvalOfPlan, expireApprovals, openApproval, type ApprovalRow } from './rows.ts'

/** Plans that wait for a person's word. Only what people do in Slack decides; no call of a tool does. */
export interface Approvals {
  /** Asks, unless the plan was asked for before. @throws UserError when it cannot be asked, or as the outbox does */
  request: (facts: ApprovalFacts, channel: string) => Promise<{ approval: ApprovalRow; message: Row }>
  /** How it stands, after a look at what people did. @throws UserError when there is none of that id */
  get: (id: string) => Promise<ApprovalRow>
  close: () => Promise<void>
}

export interface ApprovalOptions {
  store: Store
  outbox: Outbox
  slack: SlackApi | undefined
  /** Makes what hears the buttons; undefined without an app token, where reactions are read instead. */
  listen: ((onPress: (press: Press) => void) => Buttons) | undefined
  channels: ChannelPolicy
  policy: ApprovalPolicy
  now: () => number
}

/** Makes them over the store that the outbox sends from, and hears the buttons that an earlier process left pending. */
export function createApprovals({ store, outbox, slack, listen, channels, policy, now }: ApprovalOptions): Approvals {
  const ear = listen && createEar(store, listen(onPress), now)
  void ear?.attend()

  function vote(id: string, given: Vote): boolean {
    const objection = store.write((sql) => decide(sql, id, given, policy, now()))
    const fields = { approval: id, user: given.user, how: given.how }
    if (objection === undefined) log('info', 'An approval was decided', { ...fields, state: given.state })
    else log('info', 'A vote does not count', { ...fields, objection })
    return objection === undefined
  }

  function onPress({ user, channelId, ts, action, value }: Press): void {
    if (action !== approveAction && action !== denyAction) return
    const state = action === approveAction ? 'approved' : 'denied'
    const [id = ''] = value.split('.')
    try {
      if (vote(id, { state, user, channelId, ts, how: 'button', press: value })) void outbox.drain()
    } catch (error) {
      // Nobody waits for this answer; the message still has its buttons.
      log('error', 'A press could not be noted', { approval: id, error: describeError(error) })
    }
    void ear?.attend()
  }

  /** Takes the reactions of people who may decide; a denial goes before an approval. */
  async function readReactions(api: SlackApi, approval: ApprovalRow): Promise<void> {
    const message = store.read((sql) => rowOf(sql, approval.root_key))
    if (message?.channel_id == null || message.ts === null) return
    const { channel_id: channelId, ts } = message
    const answer = await api.reactions({ channelId, ts })
    if (!answer.ok) return log('warn', 'The reactions to an approval could not be read', { ...answer.failure })
    for (const [reaction, state] of [
      [denyReaction, 'denied'],
      [approveReaction, 'approved'],
    ] as const)
      for (const user of answer.value.get(reaction) ?? [])
        if (vote(approval.id, { state, user, channelId, ts, how: 'reaction', press: null })) return
  }

  return {
    async request(given, requested) {
      if (slack === undefined) throw noToken('Nobody can be asked')
      if (policy.approvers.length === 0) throw noApprovers()
      const channel = channels.place(requested)
      await ear?.tryOut()
      const facts = redactDeep(given) as ApprovalFacts
      const hasButtons = ear !== undefined
      const approval = store.write((sql) => {
        expireApprovals(sql, now())
        const known = approvalOfPlan(sql, facts.planHash, now())
        if (known !== undefined) return sameWords(known, facts)
        const render = (press: string) => renderApproval(facts, hasButtons ? press : undefined, now())
        return openApproval(sql, facts, channel, render, now())
      })
      await ear?.attend()
      const message = await outbox.push(aboutOf(approval.id), approval.root_key)
      return { approval, message }
    },
    async get(id) {
      const known = store.write((sql) => {
        expireApprovals(sql, now())
        return approvalOf(sql, id)
      })
      if (known === undefined)
        throw new UserError(
          'approval-unknown',
          `There is no approval ${id}.`,
          'Take the id that request_approval gave.',
        )
      if (known.state === 'pending' && slack !== undefined && ear === undefined) await readReactions(slack, known)
      void ear?.attend()
      await outbox.drain()
      return store.read((sql) => approvalOf(sql, id))!
    },
    close: async () => ear?.close(),
  }
}

/** People agree to what they read: a plan cannot be asked for in other words while it stands. @throws UserError when it is */
function sameWords(known: ApprovalRow, { title, commands }: ApprovalFacts): ApprovalRow {
  const asked = JSON.parse(known.facts) as ApprovalFacts
  if (asked.title === title && JSON.stringify(asked.commands) === JSON.stringify(commands)) return known
  throw new UserError(
    'plan-differs',
    `The plan ${known.plan_hash.slice(0, 12)} was asked for in other words (approval ${known.id}).`,
    'Give the title and commands that were shown, or make the plan anew for others.',
  )
}

function noApprovers(): UserError {
  return new UserError(
    'no-approvers',
    'Nobody may approve: SLACK_APPROVERS is not set.',
    "Set it to the Slack user ids (U…) of the people who may; a profile's menu has Copy member ID.",
  )
}
