/** The part of Slack's Block Kit that Kubevigil writes. */
export interface PlainText {
  type: 'plain_text'
  text: string
  /** False: a colon word from a cluster must not become an emoji. */
  emoji: false
}

export interface Mrkdwn {
  type: 'mrkdwn'
  text: string
  /** Slack then turns no plain text into links, channel names or mentions; only what our code marked up counts. */
  verbatim: true
}

/** A button that tells Slack, which tells us; `value` comes back as it was given. */
export interface Button {
  type: 'button'
  action_id: string
  text: PlainText
  style: 'primary' | 'danger'
  value: string
}

export type Block =
  | { type: 'header'; text: PlainText }
  | { type: 'section'; text: Mrkdwn; fields?: Mrkdwn[] }
  | { type: 'context'; elements: Mrkdwn[] }
  | { type: 'actions'; elements: Button[] }
  | { type: 'divider' }

/** A message as Slack takes it: `text` is what a lock screen shows, and all there is where blocks cannot be shown. */
export interface Message {
  text: string
  blocks: Block[]
}

/** Slack's limits (JSDoc of @slack/types 3.2.0), and its undocumented total: `msg_blocks_too_long` from about 13,200 (bolt-js#2509). */
export const limits = {
  blocks: 50,
  header: 150,
  section: 3000,
  fields: 10,
  field: 2000,
  contextElements: 10,
  contextText: 3000,
  actionElements: 25,
  buttonText: 75,
  buttonValue: 2000,
  total: 12_000,
} as const

/** A block in large letters, in plain text of at most `limits.header` characters. */
export function header(text: string): Block {
  return { type: 'header', text: plain(text) }
}

/** A row of buttons. */
export function actions(...elements: Button[]): Block {
  return { type: 'actions', elements }
}

/** @param name what Slack hands back as `action_id` when it is pressed */
export function button(name: string, text: string, style: Button['style'], value: string): Button {
  return { type: 'button', action_id: name, text: plain(text), style, value }
}

/** A paragraph of mrkdwn of at most `limits.section` characters. */
export function section(text: string): Block {
  return { type: 'section', text: mrkdwn(text) }
}

/** A line of mrkdwn in small letters. */
export function context(text: string): Block {
  return { type: 'context', elements: [mrkdwn(text)] }
}

function plain(text: string): PlainText {
  return { type: 'plain_text', text, emoji: false }
}

function mrkdwn(text: string): Mrkdwn {
  return { type: 'mrkdwn', text, verbatim: true }
}

/**
 * Checks blocks against Slack's limits before they are sent, because Slack refuses a whole message for one of them.
 * @returns one sentence a problem; empty when Slack will take them
 */
export function validateBlocks(blocks: readonly Block[]): string[] {
  const problems: string[] = []
  const check = (what: string, text: string, most: number): void => {
    if (text.length === 0) problems.push(`${what} is empty`)
    if (text.length > most) problems.push(`${what} has ${text.length} characters, over ${most}`)
  }
  const count = (what: string, found: number, most: number): void => {
    if (found > most) problems.push(`${what}: ${found}, over ${most}`)
  }
  count('blocks', blocks.length, limits.blocks)
  for (const [index, block] of blocks.entries()) {
    const here = `block ${index} (${block.type})`
    if (block.type === 'header') check(here, block.text.text, limits.header)
    if (block.type === 'section') {
      check(here, block.text.text, limits.section)
      count(`${here} fields`, block.fields?.length ?? 0, limits.fields)
      for (const field of block.fields ?? []) check(`${here} field`, field.text, limits.field)
    }
    if (block.type === 'context') {
      count(`${here} elements`, block.elements.length, limits.contextElements)
      for (const element of block.elements) check(`${here} element`, element.text, limits.contextText)
    }
    if (block.type === 'actions') {
      count(`${here} elements`, block.elements.length, limits.actionElements)
      for (const { text, value } of block.elements) {
        check(`${here} button`, text.text, limits.buttonText)
        check(`${here} button value`, value, limits.buttonValue)
      }
    }
  }
  const total = blocks.flatMap(textsOf).reduce((sum, text) => sum + text.length, 0)
  if (total >= limits.total) problems.push(`all texts together have ${total} characters, not under ${limits.total}`)
  return problems
}

/** Every text of a block, in reading order. */
export function textsOf(block: Block): string[] {
  if (block.type === 'divider') return []
  if (block.type === 'context') return block.elements.map((element) => element.text)
  if (block.type === 'header') return [block.text.text]
  if (block.type === 'actions') return block.elements.map(({ text }) => text.text)
  return [block.text.text, ...(block.fields ?? []).map((field) => field.text)]
}
