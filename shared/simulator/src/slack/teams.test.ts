import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTeams, type TeamsStandIn } from './teams.ts'

let teams: TeamsStandIn
beforeAll(async () => void (teams = await startTeams()))
afterAll(() => teams.close())

const content = { type: 'AdaptiveCard', version: '1.4', body: [] as unknown[] }

async function post(url: string, card: object, type = 'message'): Promise<number> {
  const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }]
  return (await fetch(url, { method: 'POST', body: JSON.stringify({ type, summary: 'x', attachments }) })).status
}

test('takes a card, and only with the signature', async () => {
  expect(await post(teams.webhook, content)).toBe(202)
  expect(teams.cards).toMatchObject([{ summary: 'x', content }])
  expect(await post(teams.webhook.replace('sig=', 'sig=x'), content)).toBe(401)
})

test('refuses what is no card and what is too large', async () => {
  const before = teams.cards.length
  expect(await post(teams.webhook, { type: 'other' })).toBe(400)
  expect(await post(teams.webhook, content, 'other')).toBe(400)
  expect(await post(teams.webhook, { ...content, body: ['x'.repeat(22_000)] })).toBe(413)
  expect(teams.cards).toHaveLength(before)
})
