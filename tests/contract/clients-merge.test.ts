import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { claudeCodeFile, claudeDesktopFile } from '../../scripts/clients/locations.ts'
import { mergeServers, type NewEntry } from '../../scripts/clients/merge.ts'
import { saveConfigFile } from '../../scripts/clients/save.ts'
import { givenTo } from '../../scripts/clients/variables.ts'
import { servers } from '../../scripts/generated/servers.ts'

const entry: NewEntry = {
  command: '/opt/node',
  args: ['/opt/kubevigil/servers/github/dist/main.js'],
  env: { GITHUB_REPOS: 'a/b' },
  placeholders: { GITHUB_TOKEN: '' },
}
const written = { command: entry.command, args: entry.args, env: { GITHUB_TOKEN: '', GITHUB_REPOS: 'a/b' } }

function merge(document: object | string): { text: string; changed: boolean } {
  const text = typeof document === 'string' ? document : JSON.stringify(document)
  return mergeServers(text, new Map([['github', entry]]), 'config.json')
}

describe('mergeServers', () => {
  it('adds to what is there, in its order, and changes nothing else', () => {
    const other = { command: 'uvx', args: ['x'], env: { A: '1' }, disabled: true }
    const document = { theme: 'dark', mcpServers: { other }, numbers: [1, 2.5, null], '__proto__ ': { a: 1 } }
    const { text, changed } = merge(document)
    expect(changed).toBe(true)
    expect(text).toBe(`${JSON.stringify({ ...document, mcpServers: { other, github: written } }, null, 2)}\n`)
  })

  it.each([
    ['nothing', ''],
    ['blanks', ' \n'],
    ['a byte order mark', '\uFEFF{}'],
  ])('begins from %s', (_what, text) => {
    expect(JSON.parse(merge(text).text)).toEqual({ mcpServers: { github: written } })
  })

  it('says the same a second time, and keeps the indent', () => {
    const first = merge('{\n    "a": 1\n}')
    expect(first.text).toContain('\n    "mcpServers"')
    expect(merge(first.text)).toEqual({ text: first.text, changed: false })
  })

  it('brings its own entry up to date and keeps what a person put into it', () => {
    const own = {
      command: '/old/node',
      args: ['C:\\old\\servers\\github\\dist\\main.js'],
      env: { GITHUB_TOKEN: 'filled in', GITHUB_REPOS: 'old/one', LOG_LEVEL: 'debug' },
      timeout: 5000,
    }
    const { mcpServers } = JSON.parse(merge({ mcpServers: { github: own } }).text) as { mcpServers: object }
    expect(mcpServers).toEqual({
      github: {
        command: '/opt/node',
        args: entry.args,
        env: { GITHUB_TOKEN: 'filled in', GITHUB_REPOS: 'a/b', LOG_LEVEL: 'debug' },
        timeout: 5000,
      },
    })
  })

  it.each([
    [
      'text that is no JSON',
      '{"mcpServers": {',
      /config\.json cannot be merged with: it is not valid JSON \(line 1 column 17\)/,
    ],
    ['comments', '{ // mine\n}', /cannot be merged with/],
    ['a list', '[]', /it is no JSON object/],
    ['servers that are none', '{"mcpServers": []}', /mcpServers is no object/],
    [
      "somebody else's server of the name",
      '{"mcpServers": {"github": {"command": "docker"}}}',
      /has a server "github" that is not/,
    ],
  ])('refuses %s', (_what, text, why) => {
    expect(() => merge(text)).toThrow(why)
  })

  it('quotes nothing of a file that it refuses: it may hold tokens', () => {
    expect(() => merge('{"token": ghp_secret}')).toThrow(/^(?!.*ghp)/)
  })
})

function folder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'kubevigil-save-')))
}

describe('saveConfigFile', () => {
  const now = new Date('2026-11-21T12:00:00Z')

  it('makes the file for its owner only, and its folder', () => {
    const file = join(folder(), 'Claude', 'config.json')
    expect(saveConfigFile(file, '{}', now)).toBeNull()
    expect(readFileSync(file, 'utf8')).toBe('{}')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('keeps what was there under the date, its mode, and the place that a link leads to', () => {
    const home = folder()
    const real = join(home, 'dotfiles.json')
    writeFileSync(real, 'old')
    chmodSync(real, 0o640)
    const link = join(home, 'config.json')
    symlinkSync(real, link)
    const backup = saveConfigFile(link, 'new', now)
    expect(backup).toBe(`${real}.2026-11-21T12-00-00.000Z.bak`)
    expect(readFileSync(backup!, 'utf8')).toBe('old')
    expect(readFileSync(real, 'utf8')).toBe('new')
    expect(realpathSync(link)).toBe(real)
    expect(statSync(real).mode & 0o777).toBe(0o640)
    expect(readdirSync(home).filter((name) => name.endsWith('.new'))).toEqual([])
  })
})

describe('where clients keep their servers', () => {
  it.each([
    ['darwin', {}, '/home/ann/Library/Application Support/Claude/claude_desktop_config.json'],
    ['win32', { APPDATA: 'C:\\Data' }, 'C:\\Data\\Claude\\claude_desktop_config.json'],
    ['linux', {}, '/home/ann/.config/Claude/claude_desktop_config.json'],
    ['linux', { XDG_CONFIG_HOME: '/etc/ann' }, '/etc/ann/Claude/claude_desktop_config.json'],
  ] as const)('Claude Desktop on %s with %o', (platform, environment, file) => {
    expect(claudeDesktopFile({ platform, home: '/home/ann', environment })).toBe(file)
  })

  it('Claude Code', () => {
    const machine = { platform: 'linux', home: '/home/ann' } as const
    expect(claudeCodeFile({ ...machine, environment: {} })).toBe('/home/ann/.claude.json')
    expect(claudeCodeFile({ ...machine, environment: { CLAUDE_CONFIG_DIR: '/c' } })).toBe('/c/.claude.json')
  })
})

describe('givenTo', () => {
  const [kubernetes, github, slack] = servers
  const environment = {
    GITHUB_TOKEN: 'a',
    GITHUB_APP_PRIVATE_KEY_FILE: 'key.pem',
    KUBECONFIG: 'one:/two',
    KUBE_CONTEXT: '',
    AWS_PROFILE: 'dev',
    AWS_SECRET_ACCESS_KEY: 'b',
    HTTPS_PROXY: 'http://ann:secret@proxy:3128',
    NO_PROXY: 'localhost',
    ANTHROPIC_API_KEY: 'c',
  }

  it('is what a server reads and what is set, with whole paths', () => {
    expect(givenTo(kubernetes!, environment, '/home/ari')).toEqual({
      settings: { KUBECONFIG: '/home/ari/one:/two', AWS_PROFILE: 'dev', NO_PROXY: 'localhost' },
      secrets: { HTTPS_PROXY: 'http://ann:secret@proxy:3128' },
    })
  })

  it('keeps secrets apart, and from servers that they are not for', () => {
    const { settings, secrets } = givenTo(github!, environment, '/home/ari')
    expect(secrets).toEqual({ GITHUB_TOKEN: 'a', HTTPS_PROXY: environment.HTTPS_PROXY })
    expect(settings).toEqual({ GITHUB_APP_PRIVATE_KEY_FILE: '/home/ari/key.pem', NO_PROXY: 'localhost' })
    expect(givenTo(slack!, { GITHUB_TOKEN: 'a' }, '/home/ari')).toEqual({ settings: {}, secrets: {} })
  })
})
