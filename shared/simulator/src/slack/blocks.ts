import { interactiveElements, limits, messageLimits, otherBlocks } from './block-limits.ts'

/** What is wrong with a message's blocks: Slack's error code, and one line for each fault. */
export interface BlockFault {
  error: 'invalid_blocks' | 'invalid_blocks_format' | 'msg_blocks_too_long'
  errors: string[]
}

type Node = Record<string, unknown>
/** Collects faults; `at` is the JSON pointer of the value at fault. */
type Report = (message: string, at: string) => void

/** Checks the blocks of a message as Slack does before it takes one. Returns undefined when they will do. */
export function validateBlocks(blocks: unknown): BlockFault | undefined {
  if (!Array.isArray(blocks) || !blocks.every(isNode)) return { error: 'invalid_blocks_format', errors: [] }
  const errors: string[] = []
  const report: Report = (message, at) => errors.push(`${message} [json-pointer:${at}]`)
  count(blocks, messageLimits.blocks, '/blocks', report)
  blocks.forEach((block, index) => checkBlock(block, `/blocks/${index}`, report))
  checkUnique(blocks, 'block_id', '/blocks', report)
  if (errors.length > 0) return { error: 'invalid_blocks', errors }
  return textLength(blocks) > messageLimits.totalText ? { error: 'msg_blocks_too_long', errors } : undefined
}

const checks: Record<string, (block: Node, at: string, report: Report) => void> = {
  divider: () => undefined,
  header: (block, at, report) => checkText(block['text'], limits.header, `${at}/text`, report, ['plain_text']),
  section: checkSection,
  context: checkContext,
  actions: checkActions,
  image: (block, at, report) => {
    checkImage(block, at, report)
    if (block['title'] !== undefined) checkText(block['title'], limits.altText, `${at}/title`, report, ['plain_text'])
  },
  markdown: (block, at, report) => checkString(block['text'], limits.markdown, `${at}/text`, report),
  table: checkTable,
}

function checkBlock(block: Node, at: string, report: Report): void {
  const type = typeof block['type'] === 'string' ? block['type'] : ''
  const check = checks[type]
  if (check === undefined && !otherBlocks.has(type)) return report(`unsupported type: ${type}`, `${at}/type`)
  if (block['block_id'] !== undefined) checkString(block['block_id'], limits.id, `${at}/block_id`, report)
  check?.(block, at, report)
}

function checkSection(block: Node, at: string, report: Report): void {
  const { text, fields, accessory } = block
  if (text === undefined && fields === undefined) report('missing required field: text or fields', at)
  if (text !== undefined) checkText(text, limits.sectionText, `${at}/text`, report)
  if (fields !== undefined) {
    const list = checkList(fields, limits.fields, `${at}/fields`, report)
    list.forEach((field, index) => checkText(field, limits.fieldText, `${at}/fields/${index}`, report))
  }
  if (accessory !== undefined) checkElement(accessory, `${at}/accessory`, report)
}

function checkContext(block: Node, at: string, report: Report): void {
  const elements = checkList(block['elements'], limits.contextElements, `${at}/elements`, report)
  elements.forEach((element, index) => {
    const place = `${at}/elements/${index}`
    if (isNode(element) && element['type'] === 'image') checkImage(element, place, report)
    else checkText(element, limits.contextText, place, report)
  })
}

function checkActions(block: Node, at: string, report: Report): void {
  const elements = checkList(block['elements'], limits.actionElements, `${at}/elements`, report)
  elements.forEach((element, index) => {
    const place = `${at}/elements/${index}`
    if (isNode(element) && element['type'] === 'image') report('unsupported type: image', `${place}/type`)
    else checkElement(element, place, report)
  })
  checkUnique(elements.filter(isNode), 'action_id', `${at}/elements`, report)
}

function checkTable(block: Node, at: string, report: Report): void {
  const rows = checkList(block['rows'], limits.tableRows, `${at}/rows`, report)
  rows.forEach((row, index) => checkList(row, limits.tableCells, `${at}/rows/${index}`, report))
}

function checkElement(element: unknown, at: string, report: Report): void {
  if (!isNode(element)) return report('must be an object', at)
  const type = typeof element['type'] === 'string' ? element['type'] : ''
  if (type === 'image') return checkImage(element, at, report)
  if (!interactiveElements.has(type)) return report(`unsupported type: ${type}`, `${at}/type`)
  if (element['action_id'] !== undefined) checkString(element['action_id'], limits.id, `${at}/action_id`, report)
  if (type === 'button') checkButton(element, at, report)
  if (element['confirm'] !== undefined) checkConfirm(element['confirm'], `${at}/confirm`, report)
}

function checkButton(button: Node, at: string, report: Report): void {
  const { value, url, style } = button
  checkText(button['text'], limits.buttonText, `${at}/text`, report, ['plain_text'])
  if (value !== undefined) checkString(value, limits.buttonValue, `${at}/value`, report)
  if (url !== undefined) checkUrl(url, `${at}/url`, report)
  if (style !== undefined && style !== 'primary' && style !== 'danger') {
    report('must be one of: primary, danger', `${at}/style`)
  }
}

function checkConfirm(confirm: unknown, at: string, report: Report): void {
  if (!isNode(confirm)) return report('must be an object', at)
  checkText(confirm['title'], limits.confirmTitle, `${at}/title`, report, ['plain_text'])
  checkText(confirm['text'], limits.confirmText, `${at}/text`, report)
  for (const button of ['confirm', 'deny']) {
    checkText(confirm[button], limits.confirmButton, `${at}/${button}`, report, ['plain_text'])
  }
}

function checkImage(image: Node, at: string, report: Report): void {
  if (image['slack_file'] === undefined) checkUrl(image['image_url'], `${at}/image_url`, report)
  checkString(image['alt_text'], limits.altText, `${at}/alt_text`, report)
}

function checkText(text: unknown, most: number, at: string, report: Report, types = ['plain_text', 'mrkdwn']): void {
  if (!isNode(text)) return report('must be an object', at)
  if (!types.includes(String(text['type']))) return report(`must be one of: ${types.join(', ')}`, `${at}/type`)
  checkString(text['text'], most, `${at}/text`, report)
}

function checkString(value: unknown, most: number, at: string, report: Report): void {
  if (typeof value !== 'string') return report('must be a string', at)
  if (value.length === 0) report('must be more than 0 characters', at)
  if (value.length > most) report(`must be less than ${most + 1} characters`, at)
}

function checkUrl(value: unknown, at: string, report: Report): void {
  checkString(value, limits.url, at, report)
  if (typeof value === 'string' && !URL.canParse(value)) report('must be a valid URL', at)
}

/** A list with at least one item; items beyond the limit are reported once, and still checked. */
function checkList(value: unknown, most: number, at: string, report: Report): unknown[] {
  if (!Array.isArray(value)) {
    report('must be a list', at)
    return []
  }
  if (value.length === 0) report('no less than 1 items allowed', at)
  count(value, most, at, report)
  return value
}

function count(items: unknown[], most: number, at: string, report: Report): void {
  if (items.length > most) report(`no more than ${most} items allowed`, at)
}

function checkUnique(items: Node[], key: string, at: string, report: Report): void {
  const ids = items.map((item) => item[key])
  ids.forEach((id, index) => {
    if (id !== undefined && ids.indexOf(id) !== index) report(`\`${key}\` already exists`, `${at}/${index}/${key}`)
  })
}

/** The length of every `text` there is, however deep. */
function textLength(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + (key === 'text' && typeof inner === 'string' ? inner.length : textLength(inner)),
    0,
  )
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
