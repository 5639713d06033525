/**
 * Takes secrets out of text that leaves a server or is stored. One choke point calls it (mcp-kit's results and log, the Slack
 * outbox, the memory store). The placeholder names the rule, so that a reader knows what stood there.
 *
 * Sources of the shapes: gitleaks' default rules for vendor tokens; the last ones are for what those miss in cluster text:
 * credentials in URLs, bearer headers, `password=` pairs, kubeconfig data.
 */
const rules: readonly { name: string; pattern: RegExp; replace?: string }[] = [
  { name: 'jwt', pattern: /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g },
  { name: 'github-token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{22,255})\b/g },
  { name: 'slack-token', pattern: /\bx(?:ox[abeoprs]|app)-[\w-]{10,}/g },
  { name: 'slack-webhook', pattern: /https:\/\/hooks\.slack\.com\/[\w/-]+/g },
  { name: 'anthropic-key', pattern: /\bsk-ant-[\w-]{10,}/g },
  { name: 'openai-key', pattern: /\bsk-(?:proj-)?[A-Za-z0-9_-]{20,}/g },
  { name: 'aws-access-key', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { name: 'google-key', pattern: /\bAIza[\w-]{35}\b/g },
  { name: 'gitlab-token', pattern: /\bglpat-[\w-]{20,}/g },
  { name: 'npm-token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  {
    name: 'url-credentials',
    pattern: /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{0,256}):[^\s/@]{1,256}@/gi,
    replace: '$1:<redacted:url-credentials>@',
  },
  {
    name: 'signed-url',
    pattern: /([?&](?:sig|signature|x-amz-signature|token|access_token)=)[^\s&"']{6,}/gi,
    replace: '$1<redacted:signed-url>',
  },
  {
    name: 'authorization',
    pattern: /\b(authorization\s*[:=]\s*"?(?:bearer|basic|token)?\s*)[\w.~+/=-]{8,}/gi,
    replace: '$1<redacted:authorization>',
  },
  { name: 'bearer', pattern: /\b(bearer\s+)[\w.~+/=-]{12,}/gi, replace: '$1<redacted:bearer>' },
  {
    name: 'password',
    pattern:
      /((?:password|passwd|pwd|passphrase|secret|api[_-]?key|access[_-]?key|auth[_-]?token|client[_-]?secret|private[_-]?key)["']?\s*[:=]\s*["']?)(?!<redacted)(?!["'\s,;}]|null\b|true\b|false\b|\$\()[^\s"',;}]{4,}/gi,
    replace: '$1<redacted:password>',
  },
  {
    // `--token=…`, `--vault-token …`, `GITHUB_TOKEN=…`; a bare `token: x` is what parsers complain of.
    name: 'token',
    pattern:
      /((?:--?[\w-]{0,40}token(?:=|\s+)|\b\w{1,40}_token["']?\s*[:=]\s*)["']?)(?!<redacted)[^\s"',;}<-][^\s"',;}]{5,}/gi,
    replace: '$1<redacted:token>',
  },
  {
    // The same for flags whose value is an argument of its own: `mysql --password …`.
    name: 'flag',
    pattern:
      /(--[\w-]{0,40}(?:password|passwd|secret|api-?key|access-?key|private-?key)\s+["']?)(?!<redacted)[^\s"',;}<-][^\s"',;}]{3,}/gi,
    replace: '$1<redacted:flag>',
  },
  {
    name: 'kubeconfig-data',
    pattern: /((?:client-key-data|client-certificate-data|token-data)["']?\s*:\s*["']?)[A-Za-z0-9+/=]{16,}/g,
    replace: '$1<redacted:kubeconfig-data>',
  },
]

/**
 * What every shape above has in it. Most text has none of it, and one look for these costs a fraction of looking for each shape.
 * A new rule needs its mark here; a test holds them together.
 */
const marks =
  /eyJ|gh[pousr]_|github_pat_|xox|xapp-|hooks\.slack|sk-|AKIA|ASIA|AIza|glpat-|npm_|:\/\/|sig|token|authorization|bearer|pass|pwd|secret|key/i

/** A key block up to its end line, or as far as it goes when the text was cut. It spans lines, so it is looked for before any cut. */
const privateKey =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^-]|-(?!----)){0,8192}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g

/** Longest stretch a pattern is tried on at once: a guard against slow matching on hostile text. */
const stretch = 32_768

/** Gives the text with every known secret shape replaced by `<redacted:rule>`. */
export function redact(text: string): string {
  const whole = text.includes('PRIVATE KEY') ? text.replace(privateKey, '<redacted:private-key>') : text
  return stretches(whole).map(redactStretch).join('')
}

function redactStretch(text: string): string {
  if (!marks.test(text)) return text
  let clean = text
  for (const { name, pattern, replace } of rules) clean = clean.replace(pattern, replace ?? `<redacted:${name}>`)
  return clean
}

/** Cuts at line ends, because no shape but a key block spans lines; a longer line is cut where it stands. */
function stretches(text: string): string[] {
  const parts: string[] = []
  let rest = text
  while (rest.length > stretch) {
    const end = rest.lastIndexOf('\n', stretch)
    const at = end > 0 ? end : stretch
    parts.push(rest.slice(0, at))
    rest = rest.slice(at)
  }
  return [...parts, rest]
}

/** Redacts every string inside a JSON-like value; keys and other values stay. */
export function redactDeep(value: unknown): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map(redactDeep)
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactDeep(inner)]))
  }
  return value
}
