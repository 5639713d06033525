import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { report } from '../../scripts/clients/report.ts'
import { configure, type DesktopClient } from '../../scripts/clients/setup.ts'
import { UserError } from '../../shared/mcp-kit/src/errors.ts'
import { root } from '../house/source-files.ts'

const client: DesktopClient = {
  title: 'Client',
  command: 'setup',
  fileOn: () => '',
  extra: {},
  placeholder: (variable) => `<${variable}>`,
  howToFill: 'Fill them in.',
}

function place(environment: Record<string, string> = {}) {
  return { environment, folder: root, programOf: (server: string) => join(root, `servers/${server}/src/main.ts`) }
}

function notBuilt(): string {
  throw new UserError('not-built', 'It is not built.', 'Run pnpm build.')
}

const folder = (): string => mkdtempSync(join(tmpdir(), 'kubevigil-setup-'))
const github = { servers: ['github'], withSecrets: false, write: true }
const token = { GITHUB_TOKEN: 'a-token', GITHUB_REPOS: 'a/b' }

/** What a client's file says of one server. */
function entryIn(file: string, server: string): { command: string; args: string[]; env: object } {
  const { mcpServers } = JSON.parse(readFileSync(file, 'utf8')) as { mcpServers: Record<string, never> }
  return mcpServers[server]!
}

describe('configure', () => {
  it('checks every server and shows, without writing', async () => {
    const file = join(folder(), 'config.json')
    const servers = ['kubernetes', 'github', 'slack', 'session-memory']
    const outcome = await configure(client, file, { servers, withSecrets: false, write: false }, place())
    expect(outcome.servers.map(({ name }) => name)).toEqual(servers)
    for (const answer of outcome.servers) expect(answer).toHaveProperty('tools')
    expect(outcome).toMatchObject({ written: false, backup: null, upToDate: false })
    expect(readdirSync(join(file, '..'))).toEqual([])
    expect(report(client, outcome)).toMatch(
      /github: answers, with \d+ tools[\s\S]*"mcpServers"[\s\S]*--write puts it there/,
    )
  })

  it('writes once, with a backup, and nothing the second time', async () => {
    const file = join(folder(), 'config.json')
    writeFileSync(file, '{"theme":"dark"}')
    const first = await configure(client, file, github, place())
    expect(first.written).toBe(true)
    expect(readFileSync(first.backup!, 'utf8')).toBe('{"theme":"dark"}')
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('"theme": "dark"')
    const second = await configure(client, file, github, place())
    expect(second).toMatchObject({ written: false, backup: null, upToDate: true })
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect(readdirSync(join(file, '..'))).toHaveLength(2)
    expect(report(client, second)).toContain('says this already')
  })

  it('copies no secret unless it is asked to, and says which are missing', async () => {
    const file = join(folder(), 'config.json')
    const outcome = await configure(client, file, github, place(token))
    expect(entryIn(file, 'github').env).toEqual({ GITHUB_TOKEN: '<GITHUB_TOKEN>', GITHUB_REPOS: 'a/b' })
    expect(report(client, outcome)).toContain('Not copied, because they are secrets: GITHUB_TOKEN. Fill them in.')
    expect(JSON.stringify(outcome)).not.toContain('a-token')

    const other = join(folder(), 'config.json')
    const full = await configure(client, other, { ...github, withSecrets: true }, place(token))
    expect(entryIn(other, 'github').env).toEqual(token)
    expect(full.fillIn).toEqual([])
  })

  it('writes nothing when a server does not start, and says why', async () => {
    const file = join(folder(), 'config.json')
    const outcome = await configure(client, file, github, place({ GITHUB_API_URL: 'nonsense' }))
    expect(outcome).toMatchObject({ written: false, servers: [{ name: 'github' }] })
    expect(report(client, outcome)).toMatch(
      /github: does not start\. .*GITHUB_API_URL[\s\S]*first every server has to start/,
    )
    expect(readdirSync(join(file, '..'))).toEqual([])
  })

  it('says what to do when a server is not built', async () => {
    const file = join(folder(), 'config.json')
    await expect(configure(client, file, github, { ...place(), programOf: notBuilt })).rejects.toThrow(
      'It is not built.',
    )
  })
})

/** Runs a script in an empty home. */
function run(script: string, ...args: string[]) {
  const home = folder()
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts', script), ...args], {
    env: { HOME: home, PATH: '' },
    cwd: home,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('the commands', () => {
  it.each(['setup-claude-desktop.ts', 'setup-claude-code.ts'])('%s explains itself', (script) => {
    const { status, stdout } = run(script, '--help')
    expect(status).toBe(0)
    expect(stdout).toMatch(/pnpm setup:claude-(?:desktop|code)[\s\S]*--write[\s\S]*--with-secrets/)
  })

  it('refuse options and servers they do not know, by name', () => {
    expect(run('setup-claude-code.ts', '--wirte')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/--wirte.*See --help/),
    })
    expect(run('setup-claude-code.ts', '--servers', 'github,jira')).toMatchObject({
      status: 2,
      stderr: 'There is no server "jira". Choose among kubernetes, github, slack, session-memory.\n',
    })
    expect(run('inspect.ts', 'jira')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(
        'There is no server "jira": pnpm inspect <kubernetes, github, slack, session-memory>',
      ),
    })
  })
})
