/** An answer as a test looks at it. */
export interface TestAnswer {
  status: number
  headers: Headers
  /** Parsed when it is JSON, else the text. */
  body: unknown
}

/** Sends one request with plain fetch. A body goes as JSON. */
export async function send(
  url: string,
  options: { method?: string; token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<TestAnswer> {
  const { token, body } = options
  const response = await fetch(url, {
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const json = (response.headers.get('content-type') ?? '').includes('json') && text !== ''
  return { status: response.status, headers: response.headers, body: json ? (JSON.parse(text) as unknown) : text }
}
