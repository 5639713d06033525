import { expect, test } from 'vitest'
import { asMessage } from './messages.ts'

test('a name where the message carries one, else an id', () => {
  const person = { ts: '1.000001', user: 'U1', text: 'hi', reply_count: 3 }
  expect(asMessage(person)).toEqual({ ts: '1.000001', author: 'U1', bot: false, text: 'hi', replies: 3 })
  expect(asMessage({ ...person, user_profile: { display_name: '', real_name: 'Ari' } }).author).toBe('Ari')
  expect(asMessage({ ts: '1.000001', bot_id: 'B1', bot_profile: { name: 'alerts' } })).toMatchObject({
    author: 'alerts',
    bot: true,
  })
})

test('the words of a bot that puts them into attachments', () => {
  const attachments = [{ title: '[FIRING:1] Down', text: 'job=web' }, { fallback: 'more' }, null, { text: 7 }]
  expect(asMessage({ ts: '1.000001', text: '', attachments }).text).toBe('[FIRING:1] Down\njob=web\nmore')
})

test('nothing is taken on trust', () => {
  expect(asMessage({ text: 7, user: {}, attachments: 'x' })).toEqual({
    ts: '',
    author: '',
    bot: false,
    text: '',
    replies: 0,
  })
})
