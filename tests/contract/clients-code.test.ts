import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { servers } from '../../scripts/generated/servers.ts'
import { read, root } from '../house/source-files.ts'

interface Settings {
  enabledMcpjsonServers: string[]
  permissions: { allow: string[]; ask: string[]; deny: string[] }
  hooks: Record<string, { matcher: string; hooks: { command: string }[] }[]>
}

const settings = JSON.parse(read('claude-config/.claude/settings.json')) as Settings
const names = servers.map(({ name }) => name)

interface Clients {
  mcpServers: Record<string, { command: string; args: string[] }>
}

describe('claude-config as a working directory', () => {
  it('starts every server, by paths that lead somewhere from there', () => {
    const { mcpServers } = JSON.parse(read('claude-config/.mcp.json')) as Clients
    expect(Object.keys(mcpServers).toSorted()).toEqual(names.toSorted())
    expect(settings.enabledMcpjsonServers.toSorted()).toEqual(names.toSorted())
    for (const [name, { command, args }] of Object.entries(mcpServers)) {
      expect(existsSync(join(root, 'claude-config', command))).toBe(true)
      expect(args).toEqual([`../servers/${name}/dist/main.js`])
    }
  })

  it('has an example for Claude Desktop with every server', () => {
    const { mcpServers } = JSON.parse(read('claude-config/claude_desktop_config.example.json')) as Clients
    expect(Object.keys(mcpServers)).toEqual(names)
  })

  it('lets tools run unasked that only read, asks for the others, and denies the shell what they would not do', () => {
    const { allow, ask, deny } = settings.permissions
    for (const { name: server, tools } of servers)
      for (const { name, effect } of tools)
        expect(effect === 'read' ? allow : ask, name).toContain(`mcp__${server}__${name}`)
    expect(allow.filter((rule) => ask.includes(rule))).toEqual([])
    expect(allow.every((rule) => rule.startsWith('mcp__'))).toBe(true)
    expect(deny).toEqual(
      expect.arrayContaining([
        'Bash(kubectl delete:*)',
        'Bash(kubectl * delete *)',
        'Read(~/.kube/**)',
        'Read(../.env)',
      ]),
    )
  })

  it('records each step of every MCP call', () => {
    expect(Object.keys(settings.hooks)).toEqual(['PreToolUse', 'PostToolUse', 'PostToolUseFailure', 'PermissionDenied'])
    for (const [only] of Object.values(settings.hooks)) {
      expect(only!.matcher).toBe('mcp__.*')
      expect(only!.hooks[0]!.command).toContain('.claude/hooks/audit.mjs')
    }
  })
})

/** Runs the hook as Claude Code does. */
function audit(home: string, input: object | string) {
  const hook = join(root, 'claude-config/.claude/hooks/audit.mjs')
  const { status, stderr, stdout } = spawnSync(process.execPath, [hook, home], {
    input: typeof input === 'string' ? input : JSON.stringify(input),
    encoding: 'utf8',
  })
  return { status, stderr, stdout }
}

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'kubevigil-audit-'))
}

describe('the audit hook', () => {
  const call = {
    hook_event_name: 'PreToolUse',
    tool_name: 'mcp__kubernetes__get_logs',
    tool_use_id: 'toolu_1',
    session_id: 's',
    permission_mode: 'default',
    tool_input: { namespace: 'shop', name: 'web', grep: 'password=hunter2', cluster: 'two words', limit: 3 },
  }

  it('writes a line a step: when, which tool, about what, and what became of it, without what may be secret', () => {
    const home = folder()
    expect(audit(home, call)).toEqual({ status: 0, stderr: '', stdout: '' })
    audit(home, { ...call, hook_event_name: 'PostToolUse', tool_response: 'token abc' })
    const file = join(home, 'logs/audit.jsonl')
    const text = readFileSync(file, 'utf8')
    const lines = text.trim().split('\n')
    const [asked, ran] = lines.map((line) => JSON.parse(line) as { at: string; decision: string })
    expect(asked).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      decision: 'asked',
      tool: 'mcp__kubernetes__get_logs',
      arguments: {
        namespace: 'shop',
        name: 'web',
        grep: '(not recorded)',
        cluster: '(not recorded)',
        limit: '(not recorded)',
      },
      call: 'toolu_1',
      session: 's',
      mode: 'default',
    })
    expect(ran!.decision).toBe('ran')
    expect(text).not.toMatch(/hunter2|token abc/)
    expect(lines).toHaveLength(2)
    expect(statSync(file).mode & 0o077).toBe(0)
  })

  it('stops what may change something when it cannot be recorded, and lets reading go on', () => {
    const blocked = join(folder(), 'file')
    writeFileSync(blocked, '')
    expect(audit(blocked, call)).toMatchObject({ status: 1, stderr: expect.stringContaining('cannot be written') })
    const write = { ...call, tool_name: 'mcp__session-memory__prune_memory' }
    expect(audit(blocked, write)).toMatchObject({ status: 2, stderr: expect.stringContaining('Make') })
    expect(audit(folder(), 'no JSON')).toMatchObject({ status: 2 })
  })
})
