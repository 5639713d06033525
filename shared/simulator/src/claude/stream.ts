import type { Block } from './messages.ts'

/** A whole message as the server-sent events in which the API streams it. */
export function eventsOf(message: Record<string, unknown>): string {
  const {
    content,
    stop_reason: stopReason,
    usage,
  } = message as {
    content: Block[]
    stop_reason: string
    usage: { input_tokens: number; output_tokens: number }
  }
  const begun = { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } }
  const events = [
    { type: 'message_start', message: begun },
    ...content.flatMap((block, index) => blockEvents(block, index)),
    { type: 'message_delta', delta: { stop_reason: stopReason, stop_sequence: null }, usage },
    { type: 'message_stop' },
  ]
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}

function blockEvents(block: Block, index: number): { type: string; [field: string]: unknown }[] {
  const { empty, delta } = halves(block)
  return [
    { type: 'content_block_start', index, content_block: empty },
    ...(delta === undefined ? [] : [{ type: 'content_block_delta', index, delta }]),
    { type: 'content_block_stop', index },
  ]
}

/** A block as it starts, and what then comes into it. */
function halves(block: Block): { empty: Block; delta?: object } {
  if (block.type === 'text') return { empty: { ...block, text: '' }, delta: { type: 'text_delta', text: block.text } }
  if (block.type === 'tool_use')
    return {
      empty: { ...block, input: {} },
      delta: { type: 'input_json_delta', partial_json: JSON.stringify(block.input) },
    }
  return { empty: block }
}
