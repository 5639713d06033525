import type { Fault } from '../front/faults.ts'
import { startFront, type FrontAnswer, type RequestRecord } from '../front/front.ts'

/** A card as it reached the workflow. */
export interface TakenCard {
  /** Bytes of the request. */
  bytes: number
  summary: string
  content: { type?: string; version?: string; body?: unknown[] } & Record<string, unknown>
}

/** A Teams workflow's webhook on loopback. */
export interface TeamsStandIn {
  /** The address with its signature, which is a secret as the real one's is. */
  webhook: string
  /** What was taken, in order. */
  cards: TakenCard[]
  requests: RequestRecord[]
  faults: Fault[]
  close: () => Promise<void>
}

/** The size from which Teams refused cards (413 at about 21 KB, though 28 are named). */
const mostBytes = 21_000
const signature = 'kubevigil-stand-in'

/** Starts one; it takes what `Post to a channel when a webhook request is received` takes. */
export async function startTeams(): Promise<TeamsStandIn> {
  const cards: TakenCard[] = []
  const service = {
    async handle({ method, url, body }: { method: string; url: URL; body: Buffer }): Promise<FrontAnswer> {
      if (method !== 'POST' || url.pathname !== '/workflows/invoke') return answer(404)
      if (url.searchParams.get('sig') !== signature) return answer(401)
      if (body.length > mostBytes) return answer(413)
      const card = cardIn(body)
      if (card === undefined) return answer(400)
      cards.push(card)
      return answer(202)
    },
    close: async () => {},
  }
  const front = await startFront({ open: async () => service })
  const webhook = `${front.url}/workflows/invoke?sig=${signature}`
  return { webhook, cards, requests: front.requests, faults: front.faults, close: front.close }
}

function cardIn(body: Buffer): TakenCard | undefined {
  const { type, summary, attachments } = JSON.parse(body.toString()) as {
    type?: string
    summary?: string
    attachments?: { contentType?: string; content?: TakenCard['content'] }[]
  }
  const [attachment] = attachments ?? []
  const isCard = attachment?.contentType === 'application/vnd.microsoft.card.adaptive'
  if (type !== 'message' || !isCard || attachment.content?.type !== 'AdaptiveCard') return undefined
  return { bytes: body.length, summary: summary ?? '', content: attachment.content }
}

function answer(status: number): FrontAnswer {
  return { status, headers: {}, body: '' }
}
