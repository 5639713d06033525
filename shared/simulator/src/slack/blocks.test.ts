import { describe, expect, test } from 'vitest'
import { validateBlocks } from './blocks.ts'

const divider = { type: 'divider' }
const plain = (text: string) => ({ type: 'plain_text', text })
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } })
const actions = (...elements: object[]) => ({ type: 'actions', elements })
const button = (more: object = {}) => ({ type: 'button', text: plain('Go'), ...more })
const long = (length: number) => 'x'.repeat(length)
const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item)

test('a message at its limits passes', () => {
  const blocks = [
    { type: 'header', block_id: long(255), text: plain(long(150)) },
    section(long(3000)),
    { type: 'section', fields: many(10, plain('field')), accessory: button() },
    { type: 'context', elements: many(10, plain('note')) },
    actions(...many(25, button({ value: long(2000), url: 'https://example.com', style: 'danger' }))),
    { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'a' },
    { type: 'markdown', text: '# x' },
    { type: 'rich_text', elements: [] },
    divider,
  ]
  expect(validateBlocks(blocks)).toBeUndefined()
})

describe('one step beyond', () => {
  test.each([
    ['51 blocks', many(51, divider), 'no more than 50 items allowed [json-pointer:/blocks]'],
    ['an unknown type', [{ type: 'marquee' }], 'unsupported type: marquee [json-pointer:/blocks/0/type]'],
    [
      'a long header',
      [{ type: 'header', text: plain(long(151)) }],
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a header in markdown',
      [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
      'must be one of: plain_text [json-pointer:/blocks/0/text/type]',
    ],
    [
      'a long section',
      [divider, section(long(3001))],
      'must be less than 3001 characters [json-pointer:/blocks/1/text/text]',
    ],
    ['an empty section', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    [
      'a section without text',
      [{ type: 'section' }],
      'missing required field: text or fields [json-pointer:/blocks/0]',
    ],
    [
      '11 fields',
      [{ type: 'section', fields: many(11, plain('x')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    ],
    [
      'a long field',
      [{ type: 'section', fields: [plain(long(2001))] }],
      'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
    ],
    [
      '11 context elements',
      [{ type: 'context', elements: many(11, plain('x')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    ['26 buttons', [actions(...many(26, button()))], 'no more than 25 items allowed [json-pointer:/blocks/0/elements]'],
    [
      'a long button',
      [actions(button({ text: plain(long(76)) }))],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a long value',
      [actions(button({ value: long(2001) }))],
      'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    ],
    [
      'a long action_id',
      [actions(button({ action_id: long(256) }))],
      'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
    ],
    [
      'a long block_id',
      [{ ...divider, block_id: long(256) }],
      'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
    ],
    [
      'twin block_ids',
      many(2, { ...divider, block_id: 'a' }),
      '`block_id` already exists [json-pointer:/blocks/1/block_id]',
    ],
    [
      'twin action_ids',
      [actions(...many(2, button({ action_id: 'a' })))],
      '`action_id` already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      'a relative link',
      [actions(button({ url: '/here' }))],
      'must be a valid URL [json-pointer:/blocks/0/elements/0/url]',
    ],
    [
      'an image without alt_text',
      [{ type: 'image', image_url: 'https://example.com/a.png' }],
      'must be a string [json-pointer:/blocks/0/alt_text]',
    ],
    [
      'a wide table',
      [{ type: 'table', rows: [many(21, plain('x'))] }],
      'no more than 20 items allowed [json-pointer:/blocks/0/rows/0]',
    ],
  ])('%s is refused', (_name, blocks, line) => {
    expect(validateBlocks(blocks)).toEqual({ error: 'invalid_blocks', errors: [line] })
  })

  test('the message as a whole may not be too long', () => {
    expect(validateBlocks(many(5, section(long(2640))))).toBeUndefined()
    expect(validateBlocks([...many(5, section(long(2640))), section('x')])).toMatchObject({
      error: 'msg_blocks_too_long',
    })
  })

  test('what is no list of blocks is another error', () => {
    expect(validateBlocks('text')).toMatchObject({ error: 'invalid_blocks_format' })
    expect(validateBlocks(['text'])).toMatchObject({ error: 'invalid_blocks_format' })
  })
})
