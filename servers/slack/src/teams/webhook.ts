import type { Card } from '@kubevigil/core/notify/card'
import { requestTimeoutMs, type Answer, type Failure } from '../slack/api.ts'

/** What the server needs of Teams: the webhook of a workflow. Nothing here throws. */
export interface TeamsApi {
  post: (card: Card) => Promise<Answer<void>>
}

/** Hosts that Power Automate gives such webhooks; Office 365 connectors (webhook.office.com) are retired. */
const webhookHosts = ['.logic.azure.com', '.environment.api.powerplatform.com']

/** Whether a host may be given the cards. */
export function isWebhookHost(host: string): boolean {
  return webhookHosts.some((end) => host.endsWith(end))
}

/** @param url a secret: whoever has it can post, so it is shown nowhere and follows no redirect */
export function createTeamsWebhook(url: string): TeamsApi {
  return {
    async post({ summary, content }) {
      const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }
      try {
        const answer = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ type: 'message', summary, attachments: [attachment] }),
          redirect: 'error',
          signal: AbortSignal.timeout(requestTimeoutMs),
        })
        await answer.body?.cancel()
        return answer.ok ? { ok: true, value: undefined } : { ok: false, failure: failureOf(answer) }
      } catch (error) {
        return { ok: false, failure: lostFailure(error as Error & { cause?: { code?: string } }) }
      }
    },
  }
}

const defaultRetryMs = 30_000

function failureOf({ status, headers }: Response): Failure {
  if (status === 429) {
    const seconds = Number(headers.get('retry-after'))
    const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : defaultRetryMs
    return { kind: 'unsent', reason: 'Teams limits the rate', retryAfterMs }
  }
  if (status >= 500 || status === 408) return { kind: 'unsure', reason: `Teams answered HTTP ${status}` }
  return { kind: 'refused', code: `http-${status}` }
}

/** Only the error's code is told: its message may hold the address. */
function lostFailure({ name, cause }: Error & { cause?: { code?: string } }): Failure {
  const code = cause?.code ?? ''
  if (name === 'TimeoutError')
    return { kind: 'unsure', reason: `Teams did not answer within ${requestTimeoutMs / 1000} s` }
  if (['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code))
    return { kind: 'unsent', reason: `Teams cannot be reached (${code})` }
  return { kind: 'unsure', reason: `the answer of Teams was lost${code === '' ? '' : ` (${code})`}` }
}
