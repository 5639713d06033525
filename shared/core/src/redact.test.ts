import { describe, expect, it } from 'vitest'
import { redact, redactDeep } from './redact.ts'

const secrets: [string, string][] = [
  ['GitHub token', `token ghp_${'a1B2'.repeat(9)} used`],
  ['fine-grained GitHub token', `github_pat_${'11ABCDEFG0'.repeat(4)}`],
  ['Slack bot token', 'xoxb-123456789012-abcdefABCDEF'],
  ['Slack app token', 'xapp-1-A0123-456-abcdef0123'],
  ['Slack webhook', 'https://hooks.slack.com/services/T000/B000/XXXXsecretXXXX'],
  ['Anthropic key', 'sk-ant-api03-abcdefghijk'],
  ['OpenAI key', `sk-proj-${'a1B2'.repeat(9)}`],
  ['Google key', `AIza${'a1B2'.repeat(9).slice(0, 35)}`],
  ['GitLab token', `glpat-${'a1B2'.repeat(5)}`],
  ['npm token', `npm_${'a1B2'.repeat(9)}`],
  ['AWS key', 'AKIAIOSFODNN7EXAMPLE'],
  ['JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N'],
  ['URL credentials', 'postgres://app:hunter2secret@db.internal:5432/app'],
  ['bearer header', 'Authorization: Bearer abcdef0123456789'],
  ['password pair', 'PASSWORD=hunter2secret'],
  ['JSON password', '{"db_password": "hunter2secret"}'],
  ['YAML client secret', 'client_secret: hunter2secret'],
  ['kubeconfig key', 'client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVk='],
  ['private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----'],
  ['token flag', '--vault-token=hunter2secret'],
  ['token variable', 'GITHUB_TOKEN=hunter2secret'],
  ['password argument', 'mysql --password hunter2secret --host db'],
  ['signed URL', 'https://x.logic.azure.com/workflows/1?api=1&sig=hunter2secret'],
]

const harmless = [
  'Back-off restarting failed container app in pod web-548444b8bf-bnrgp_shop(ac3e3398-815c-46cb-83c5-2c18a56e1b0f)',
  'secret "db-creds" not found',
  "couldn't find key password in Secret shop/db",
  'kubectl create secret generic db-creds -n shop --from-literal=KEY=VALUE',
  'registry.example.com/homelab/chores-tracker:5.8.0',
  'http://10.244.6.13:8080/healthz: context deadline exceeded',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'password: null',
  'unexpected token: identifier',
  '--token --verbose',
  'kubernetes.io/service-account-token: bound',
]

describe('redact', () => {
  it.each(secrets)('hides a %s', (_name, text) => {
    const clean = redact(text)
    expect(clean).toMatch(/<redacted:[a-z-]+>/)
    expect(clean).not.toMatch(/hunter2secret|a1B2a1B2|abcdefABCDEF|MIIEow|dozjgNry|IOSFODNN7|abcdef0123456789/)
  })

  it.each(harmless)('leaves %s', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('is stable: what is redacted stays as it is', () => {
    for (const [, text] of secrets) expect(redact(redact(text))).toBe(redact(text))
  })

  it('hides a key block wherever a long text is cut, and one without an end', () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEowIBAAKCAQEA\n'.repeat(60)}-----END RSA PRIVATE KEY-----`
    for (let before = 32_000; before < 33_000; before += 250) {
      expect(redact(`${'a line\n'.repeat(before / 7)}${key}\nafter`)).not.toContain('MIIEow')
    }
    expect(redact(key.slice(0, 500))).toBe('<redacted:private-key>')
  })

  it('ends on hostile text of a megabyte', () => {
    const hostile = `password${'='.repeat(20)}`.repeat(40_000)
    expect(redact(hostile).length).toBeLessThanOrEqual(hostile.length)
  })

  it('reaches every string of a structure and keeps the rest', () => {
    expect(redactDeep({ a: ['password=hunter2secret', 3, null], b: { c: true } })).toEqual({
      a: ['password=<redacted:password>', 3, null],
      b: { c: true },
    })
  })
})
