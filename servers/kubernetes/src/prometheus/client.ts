import { z } from 'zod'
import { fromNetwork, fromStatus, notUnderstood, PrometheusError, timedOut, tooMuch } from './errors.ts'

/** One series of an instant query. Labels are text from the cluster: data, used as keys only. */
export interface Sample {
  labels: Record<string, string>
  value: number
}

export interface Prometheus {
  /** An instant query at `at` (milliseconds). Samples without a finite value are left out. @throws PrometheusError */
  query: (promql: string, at: number, signal: AbortSignal) => Promise<{ samples: Sample[]; warnings: string[] }>
}

export interface PrometheusOptions {
  /** Address before /api/v1. */
  url: string
  token?: string | undefined
  /** Longest wait for one whole answer. */
  timeoutMs?: number
  /** Longest answer read: a hundred thousand series. */
  maxBytes?: number
}

const Answer = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
  warnings: z.array(z.string()).optional(),
})

/** The one place that talks to Prometheus. Queries are GETs: reading is all that a token needs to be good for. */
export function createPrometheus({
  url,
  token,
  timeoutMs = 20_000,
  maxBytes = 20_000_000,
}: PrometheusOptions): Prometheus {
  const root = url.replace(/\/+$/, '')

  async function request(path: string, ends: AbortSignal): Promise<string> {
    const response = await fetch(`${root}${path}`, {
      headers: {
        accept: 'application/json',
        'user-agent': 'kubevigil',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      // A redirect could lead the token to another place.
      redirect: 'error',
      signal: ends,
    })
    const body = await readWithin(response, maxBytes)
    if (body === undefined) throw tooMuch(root, maxBytes)
    if (!response.ok) throw fromStatus(response.status, body, root)
    return body
  }

  return {
    async query(promql, at, signal) {
      const deadline = AbortSignal.timeout(timeoutMs)
      const parameters = { query: promql, time: String(at / 1000), timeout: `${Math.ceil(timeoutMs / 1000)}s` }
      const path = `/api/v1/query?${new URLSearchParams(parameters).toString()}`
      try {
        return understand(await request(path, AbortSignal.any([signal, deadline])), root)
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof PrometheusError) throw error
        throw deadline.aborted ? timedOut(root, timeoutMs) : fromNetwork(error, root)
      }
    },
  }
}

function understand(body: string, server: string): { samples: Sample[]; warnings: string[] } {
  let answer: z.output<typeof Answer>
  try {
    answer = Answer.parse(JSON.parse(body))
  } catch (cause) {
    throw notUnderstood(server, cause)
  }
  const samples = answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
  return { samples: samples.filter(({ value }) => Number.isFinite(value)), warnings: answer.warnings ?? [] }
}

/** The body as text; undefined when it is longer, without reading the rest. */
async function readWithin(response: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
