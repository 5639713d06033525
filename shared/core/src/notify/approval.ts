import { humanSpan } from '../time.ts'
import { actions, button, context, header, limits, section, type Block, type Message } from './blocks.ts'
import { clean, code, escape, line, plainLine, slackDate } from './text.ts'

/** The names of the two buttons, as Slack hands them back. */
export const approveAction = 'kubevigil_approve'
export const denyAction = 'kubevigil_deny'
/** The reactions that decide where there are no buttons; without colons, as Slack names them. */
export const approveReaction = 'white_check_mark'
export const denyReaction = 'x'

/** A plan that waits for a person's word, or got it. */
export interface ApprovalFacts {
  title: string
  /** sha256 of exactly what will be done, in hex. */
  planHash: string
  summary: string
  commands: readonly string[]
  requestedBy: string
  /** Milliseconds. */
  expiresAt: number
}

/** How an approval ended; `by` is a Slack user id that was checked, empty when the time ran out. */
export interface Verdict {
  state: 'approved' | 'denied' | 'expired'
  by: string
  at: number
}

/**
 * The message that asks people to agree to a plan: what, why, exactly which commands, until when.
 * Its blocks may be over Slack's limits when the commands are long; such a plan cannot be asked for.
 * @param press the value of its buttons; undefined: people answer with a reaction
 */
export function renderApproval(approval: ApprovalFacts, press: string | undefined, now: number): Message {
  const { title, expiresAt } = approval
  const until = `until ${slackDate(expiresAt)} (${humanSpan(expiresAt - now)})`
  const how =
    press === undefined
      ? `*To decide* react with :${approveReaction}: to approve or :${denyReaction}: to deny, ${until}.`
      : `*To decide* press a button, ${until}.`
  return {
    text: line(`Approval wanted · ${plainLine(title, 300)}`, 600),
    blocks: [
      header(line(`✋ Approve? ${plainLine(title, 300)}`, limits.header)),
      ...body(approval),
      section(`${how} Only the approvers named by the operator count.`),
      ...(press === undefined
        ? []
        : [actions(button(approveAction, 'Approve', 'primary', press), button(denyAction, 'Deny', 'danger', press))]),
      footer(approval),
    ],
  }
}

/** The same message once it is decided: nothing left to press, and who decided. */
export function renderVerdict(approval: ApprovalFacts, { state, by, at }: Verdict): Message {
  const words = { approved: '✅ Approved', denied: '⛔ Denied', expired: '⌛ Expired' }[state]
  const who =
    state === 'expired' ? '*Expired* undecided' : `*${state === 'approved' ? 'Approved' : 'Denied'}* by <@${by}>`
  return {
    text: line(`${words} · ${plainLine(approval.title, 300)}`, 600),
    blocks: [
      header(line(`${words} · ${plainLine(approval.title, 300)}`, limits.header)),
      section(`${who} · ${slackDate(at)}`),
      ...body(approval),
      footer(approval),
    ],
  }
}

function body({ summary, commands }: ApprovalFacts): Block[] {
  const why = line(summary, 1500)
  return [
    ...(why === '' ? [] : [section(why)]),
    section('*What will be done*'),
    ...(commands.length === 0 ? [section('_The plan names no commands._')] : commands.map(commandBlock)),
  ]
}

/** A command whole: nobody may approve what is not shown, so nothing of it is cut. */
function commandBlock(command: string): Block {
  return section(`\`\`\`\n${escape(clean(command)).replaceAll(/`{3,}/g, "'''")}\n\`\`\``)
}

function footer({ planHash, requestedBy }: ApprovalFacts): Block {
  return context(`plan ${code(planHash.slice(0, 12), 12)} · asked by ${line(requestedBy, 80) || 'nobody named'}`)
}
