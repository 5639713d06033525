import { describe, expect, it } from 'vitest'
import { ground } from './grounding.ts'

const evidence = [
  '{"root":{"kind":"Deployment","namespace":"shop","name":"checkout"},"since":"2026-11-21T01:05:00Z","evidence":["2 of 2 pods: exit 137 (OOMKilled), 7 restarts","limit 256Mi, was 512Mi"]}',
  'registry.example.com/shop/checkout:1.4.2 pod checkout-7d9f-x2x4z uses 1,024 connections, 99.5%; commit 2d0b7c96c08e5757e055fea37c4e9b3bfbab3b78',
]

describe('words that the evidence bears', () => {
  it.each([
    'The checkout service is out of memory: its limit is 256Mi.',
    'Deployment shop/checkout was OOMKilled with exit 137 after 7 restarts.',
    'It began at 2026-11-21T01:05:00Z, that is at 01:05.',
    'The pod `checkout-7d9f-x2x4z` runs checkout:1.4.2.',
    'An out-of-memory kill; a read-only, re-created or long-running pod is not at fault, e.g. here and/or there.',
    '1024 connections at 99.5% were open.',
    'Commit 2d0b7c9 changed it.',
    'Customers cannot pay. Nothing else is known!',
  ])('%s', (text) => {
    expect(ground(text, evidence)).toEqual({ text, flagged: [] })
  })
})

describe('words that it does not bear', () => {
  it.each([
    ['The payments-api is down.', 'payments-api'],
    ['It lost 4711 orders.', '4711'],
    ['Commit 0badc0de did it.', '0badc0de'],
    ['The limit is 128Mi.', '128Mi'],
    ['See PaymentLedger for more.', 'PaymentLedger'],
    ['The pod `ledger` is at fault.', 'ledger'],
    ['Image checkout:1.4.3 is bad.', 'checkout:1.4.3'],
    ['Errors rose by 40%.', '40%'],
    // A part of a longer word is another name.
    ['The object `heckout` is at fault.', 'heckout'],
  ])('%s', (sentence, doubt) => {
    expect(ground(`Customers cannot pay. ${sentence} The limit is 256Mi.`, evidence)).toEqual({
      text: 'Customers cannot pay. The limit is 256Mi.',
      flagged: [doubt],
    })
  })
})

describe('orders, links and mentions', () => {
  it.each([
    ['Run kubectl delete namespace shop now.', 'kubectl delete'],
    ['Do helm rollback checkout.', 'helm rollback'],
    ['See https://evil.example.com for more.', 'https://evil.example.com'],
    ['Please look <!channel> at once.', '<!channel>'],
    ['Hey @here, wake up.', '@here'],
  ])('%s goes no further, though the evidence has it', (sentence, doubt) => {
    const { text, flagged } = ground(`Customers cannot pay. ${sentence}`, [...evidence, sentence])
    expect(text).toBe('Customers cannot pay.')
    expect(flagged).toContain(doubt)
  })

  it('lets words pass that only look like them', () => {
    const text = 'A helm chart or git commit changed it. The vault is sealed.'
    expect(ground(text, evidence)).toEqual({ text, flagged: [] })
  })
})
