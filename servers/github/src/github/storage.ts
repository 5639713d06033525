import { GitHubError } from './errors.ts'

/** The end of a text. */
export interface LogEnd {
  text: string
  /** False when the text is so long that its end was not reached. */
  complete: boolean
}

/** How much of the end is kept, and how much is read at the most to get there, in bytes. */
const limits = { kept: 64_000, read: 8_000_000 }

/**
 * Reads the end of a text that an API answer holds or points to. GitHub answers with the address of a storage and a signature
 * in it: the token is not sent there. A long text is asked for by its last part; where the storage does not do that, reading
 * stops after a bound.
 * @param answer status, location and body stream of the API's answer
 * @throws GitHubError for an address that is not to be trusted, or a refusal of the storage
 */
export async function readEnd(
  answer: { status: number; headers: { location?: string | undefined }; data: unknown },
  apiUrl: string,
  signal: AbortSignal,
): Promise<LogEnd> {
  if (answer.status < 300) return lastOf(answer.data as ReadableStream<Uint8Array> | null)
  await (answer.data as ReadableStream | null)?.cancel()
  const url = trusted(answer.headers.location ?? '', apiUrl)
  const whole = await fetch(url, { signal, redirect: 'error' })
  const length = Number(whole.headers.get('content-length'))
  if (!whole.ok) throw refused(whole)
  if (!(length > limits.read)) return lastOf(whole.body)
  await whole.body?.cancel()
  const range = { range: `bytes=${length - limits.kept}-${length - 1}` }
  const end = await fetch(url, { signal, redirect: 'error', headers: range })
  if (!end.ok) throw refused(end)
  return lastOf(end.body)
}

/** The last bytes of a stream as text; never holds more than twice of them. */
async function lastOf(stream: ReadableStream<Uint8Array> | null): Promise<LogEnd> {
  let kept = Buffer.alloc(0)
  let read = 0
  for await (const chunk of stream ?? []) {
    read += chunk.length
    kept = Buffer.concat([kept, chunk]).subarray(-limits.kept)
    // Leaving the loop ends the transfer.
    if (read > limits.read) return { text: kept.toString('utf8'), complete: false }
  }
  return { text: kept.toString('utf8'), complete: true }
}

/** Only https, or plain http where the API itself is this machine: the answer of a proxy must not lead elsewhere. */
function trusted(location: string, apiUrl: string): URL {
  const [url, api] = [URL.parse(location), new URL(apiUrl)]
  const isOwn = api.protocol === 'http:' && url?.origin === api.origin
  if (url !== null && (url.protocol === 'https:' || isOwn)) return url
  throw new GitHubError(
    'malformed',
    'GitHub names no address for the log that can be read safely.',
    'Look at it on GitHub.',
  )
}

function refused({ status }: Response): GitHubError {
  return new GitHubError(
    'server',
    `The storage of GitHub's logs answered ${status}.`,
    'Try again, or look at it on GitHub.',
  )
}
