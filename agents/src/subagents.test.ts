import { describe, expect, it } from 'vitest'
import { loadSubagents, parseSubagent } from './subagents.ts'
import { checkSubagents, toolsOf, type ServerTool } from './subagent-tools.ts'
import type { Servers } from './servers.ts'

const file = (head: string, body = 'You look.\n'): string => `---\nname: looker\n${head}\n---\n${body}`

describe('parseSubagent', () => {
  it('reads what Claude Code reads', () => {
    expect(
      parseSubagent('looker.md', file('description: Looks: at all\ntools: a, b,c\nmodel: haiku\ncolor: red')),
    ).toEqual({
      name: 'looker',
      description: 'Looks: at all',
      tools: ['a', 'b', 'c'],
      model: 'haiku',
      prompt: 'You look.',
    })
    expect(parseSubagent('looker.md', file('description: x\ntools:\n  - a\n  - b')).tools).toEqual(['a', 'b'])
    expect(parseSubagent('looker.md', file('description: x\ntools: [a, b]')).model).toBe('inherit')
    expect(parseSubagent('looker.md', file('description: x\ntools:')).tools).toEqual([])
  })

  it.each([
    ['no frontmatter', 'You look.', /does not begin with frontmatter/],
    ['another name', file('description: x\ntools: a').replace('looker', 'seer'), /named seer, unlike its file/],
    // Without the line Claude Code would give it every tool.
    ['no tools line', file('description: x'), /tools: name the tools/],
    ['broken YAML', file('description: x\ntools: [a'), /no YAML/],
  ])('refuses a file with %s', (_what, text, why) => {
    expect(() => parseSubagent('looker.md', text)).toThrow(why)
  })
})

describe('the subagents that ship', () => {
  const subagents = loadSubagents()

  it('are the promised ones', () => {
    expect(subagents.map(({ name }) => name)).toEqual([
      'cost-optimizer',
      'escalation-manager',
      'github-reviewer',
      'k8s-analyzer',
      'log-analyzer',
      'remediation-planner',
      'slack-notifier',
    ])
  })

  it.each(subagents)(
    '$name is short, and says what it gets, hands in and never does',
    ({ prompt, description, tools }) => {
      expect(prompt.length).toBeLessThan(2200)
      expect(description.length).toBeLessThan(250)
      expect(tools.length).toBeLessThanOrEqual(10)
      expect(new Set(tools).size).toBe(tools.length)
      expect(prompt).toMatch(/^You get /m)
      expect(prompt).toMatch(/^Hand in/m)
      expect(prompt).toMatch(/^Never:/m)
      expect(prompt).toMatch(/data/)
      expect(prompt).toMatch(/approve|approval/)
    },
  )
})

const tool = (server: ServerTool['server'], name: string, readOnly = true): ServerTool => ({
  server,
  name,
  fullName: `mcp__${server}__${name}`,
  description: '',
  inputSchema: { type: 'object' },
  readOnly,
})

const agent = (...entries: string[]) => ({
  name: 'looker',
  description: '',
  model: 'haiku',
  prompt: '',
  tools: entries,
})

const tools = [
  tool('kubernetes', 'get_logs'),
  tool('kubernetes', 'list_events'),
  tool('slack', 'notify_incident', false),
]

const runs = { call: async () => ({}), listTools: async () => [], close: async () => {} }

const servers = {
  kubernetes: { name: 'kubernetes', ...runs },
  github: { name: 'github', failure: 'It did not start.' },
  slack: { name: 'slack', ...runs },
  'session-memory': { name: 'session-memory', ...runs },
} as unknown as Servers

/** The tools a subagent with these entries gets. */
function names(...entries: string[]): string[] {
  return toolsOf(agent(...entries), tools).map(({ name }) => name)
}

function check(...entries: string[]): () => void {
  return () => checkSubagents([agent(...entries)], tools, servers)
}

describe('tools of a subagent', () => {
  it('are those it names, one by one or by server', () => {
    expect(names('mcp__kubernetes__get_logs')).toEqual(['get_logs'])
    expect(names('mcp__kubernetes')).toEqual(['get_logs', 'list_events'])
    expect(names('mcp__slack__*')).toEqual(['notify_incident'])
    // Claude Code knows no partial globs.
    expect(names('mcp__kubernetes__get_*')).toEqual([])
  })

  it('must exist, where that can be known', () => {
    expect(check('mcp__kubernetes__get_logs', 'mcp__kubernetes', 'mcp__github__open_change_pr')).not.toThrow()
    // The server does not run, so nobody can say.
    expect(check('mcp__github__get_commit')).not.toThrow()
    expect(check('mcp__kubernetes__get_log')).toThrow(
      /looker\.md names the tool mcp__kubernetes__get_log, which no server/,
    )
    expect(check('Bash')).toThrow(/names the tool Bash/)
  })
})
