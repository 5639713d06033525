import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ClaudeEnvironment } from '../../agents/src/engines/claude/config.ts'
import { environmentFor, serverNames, startServers, stopServers, type Servers } from '../../agents/src/servers.ts'
import { checkSubagents, listServerTools, offByDefault, type ServerTool } from '../../agents/src/subagent-tools.ts'
import { loadSubagents } from '../../agents/src/subagents.ts'
import { Environment as GitHub } from '../../servers/github/src/config.ts'
import { Environment as Kubernetes } from '../../servers/kubernetes/src/config.ts'
import { MemoryEnvironment as Memory } from '../../servers/session-memory/src/config.ts'
import { SlackEnvironment as Slack } from '../../servers/slack/src/config.ts'

const reads = { kubernetes: Kubernetes, github: GitHub, slack: Slack, 'session-memory': Memory }

describe('what of the environment a server is given', () => {
  const everything = Object.fromEntries(
    [...Object.values(reads), ClaudeEnvironment].flatMap(({ shape }) => Object.keys(shape)).map((name) => [name, 'x']),
  )

  it.each(serverNames)('%s gets every variable it reads', (name) => {
    expect(Object.keys(environmentFor(name, everything))).toEqual(
      expect.arrayContaining(Object.keys(reads[name].shape)),
    )
  })

  it.each(serverNames)('%s gets no token of another, and never the key of the model', (name) => {
    const given = Object.keys(environmentFor(name, everything)).filter((one) => /TOKEN|KEY|SECRET|WEBHOOK/.test(one))
    const own = Object.keys(reads[name].shape)
    expect(given.filter((one) => !own.includes(one))).toEqual([])
  })
})

describe('the subagents and the servers', () => {
  const home = mkdtempSync(join(tmpdir(), 'kubevigil-subagents-'))
  let servers: Servers
  let tools: ServerTool[]
  beforeAll(async () => {
    servers = await startServers({ KUBEVIGIL_HOME: home }, 'test', () => {})
    tools = await listServerTools(servers)
  })
  afterAll(async () => {
    await stopServers(servers)
    rmSync(home, { recursive: true, force: true })
  })

  it('agree on every name', () => {
    expect(Object.values(servers).every((server) => 'call' in server)).toBe(true)
    expect(() => checkSubagents(loadSubagents(), tools, servers)).not.toThrow()
  })

  it('know what a subagent may read and what only a person lets it do', () => {
    const readOnly = new Map(tools.map((tool) => [tool.fullName, tool.readOnly]))
    const writing = loadSubagents().flatMap((subagent) =>
      subagent.tools.filter((name) => readOnly.get(name) !== true).map((name) => `${subagent.name}: ${name}`),
    )
    expect(writing).toEqual([
      'remediation-planner: mcp__github__open_change_pr',
      'remediation-planner: mcp__github__upsert_incident_issue',
      'remediation-planner: mcp__slack__request_approval',
      'slack-notifier: mcp__slack__notify_incident',
      'slack-notifier: mcp__slack__notify_digest',
      'slack-notifier: mcp__slack__resolve_incident',
    ])
    // What is off by itself is no tool that reads.
    expect(
      [...offByDefault].filter((name) => readOnly.get(name) === true && !name.endsWith('list_remediations')),
    ).toEqual([])
  })
})
