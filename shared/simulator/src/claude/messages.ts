/** A block of content; kinds beyond text and tools pass as they are. */
export interface Block {
  type: string
  text?: string
  id?: string
  name?: string
  input?: unknown
  tool_use_id?: string
  content?: unknown
  is_error?: boolean
}

/** A request to the Messages API, as far as a script looks at it. */
export interface AskedMessage {
  model: string
  max_tokens: number
  system?: string | Block[]
  messages: { role: string; content: string | Block[] }[]
  tools?: { name: string; input_schema?: unknown }[]
  stream?: boolean
  [field: string]: unknown
}

/** What the scripted model says in one turn. */
export interface Said {
  content: Block[]
  /** tool_use when a tool is called and end_turn otherwise, unless given. */
  stopReason?: string
  usage?: { input_tokens: number; output_tokens: number }
}

/** Text of a turn. */
export function text(words: string): Block {
  return { type: 'text', text: words }
}

let calls = 0

/** A call of a tool. */
export function toolUse(name: string, input: unknown): Block {
  calls += 1
  return { type: 'tool_use', id: `toolu_${String(calls).padStart(6, '0')}`, name, input }
}

/**
 * What came back for the model's last calls. They stand after its last turn, not always in the last message: clients put
 * reminders behind them.
 */
export function toolResults({ messages }: AskedMessage): Block[] {
  const last = messages.findLastIndex((message) => message.role === 'assistant')
  return messages
    .slice(last + 1)
    .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    .filter((block) => block.type === 'tool_result')
}

/** All the text of a request's system prompt. */
export function systemText({ system }: AskedMessage): string {
  if (system === undefined || typeof system === 'string') return system ?? ''
  return system.map((block) => block.text ?? '').join('\n')
}

/** The text of the first message: what the model was asked to do. */
export function taskOf({ messages }: AskedMessage): string {
  const content = messages[0]?.content ?? ''
  return typeof content === 'string' ? content : content.map((block) => block.text ?? '').join('\n')
}

/** What the script says as the API's message. */
export function messageOf(asked: AskedMessage, said: Said, id: string): Record<string, unknown> {
  const isCall = said.content.some((block) => block.type === 'tool_use')
  const usage = said.usage ?? { input_tokens: Math.ceil(JSON.stringify(asked).length / 4), output_tokens: 50 }
  return {
    id,
    type: 'message',
    role: 'assistant',
    model: asked.model,
    content: said.content,
    stop_reason: said.stopReason ?? (isCall ? 'tool_use' : 'end_turn'),
    stop_sequence: null,
    usage: { ...usage, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
  }
}
