// Writes one JSON line for each step of an MCP call to logs/audit.jsonl in the folder it is given: what was asked for, what ran,
// failed or was denied. Plain JavaScript, because it runs on whatever Node stands in PATH.
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const decisions = { PreToolUse: 'asked', PostToolUse: 'ran', PostToolUseFailure: 'failed', PermissionDenied: 'denied' }

/** Arguments that name what a call is about. All others are recorded by name only: they may hold anything, secrets too. */
const identifying = new Set(['cluster', 'context', 'namespace', 'kind', 'name', 'fingerprint', 'repository', 'channel'])
const plainName = /^[\w./:@#-]{1,100}$/

/** What is recorded of a step: see the input of hooks in Claude Code's documentation. */
function entryOf({ hook_event_name, tool_name, tool_use_id, tool_input = {}, session_id, permission_mode }) {
  const args = Object.entries(tool_input).map(([name, value]) => [
    name,
    identifying.has(name) && plainName.test(value) ? value : '(not recorded)',
  ])
  return {
    at: new Date().toISOString(),
    decision: decisions[hook_event_name] ?? hook_event_name,
    tool: tool_name,
    arguments: Object.fromEntries(args),
    call: tool_use_id,
    session: session_id,
    mode: permission_mode,
  }
}

/** Whether the settings let a tool run without asking: it only reads. */
function runsUnasked(tool) {
  try {
    const settings = JSON.parse(readFileSync(join(import.meta.dirname, '../settings.json'), 'utf8'))
    return settings.permissions.allow.includes(tool)
  } catch {
    return false
  }
}

let step = {}
try {
  step = JSON.parse(readFileSync(0, 'utf8'))
  const folder = join(process.argv[2], 'logs')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  appendFileSync(join(folder, 'audit.jsonl'), `${JSON.stringify(entryOf(step))}\n`, { mode: 0o600 })
} catch (error) {
  process.stderr.write(`The audit log cannot be written: ${error.message}. Make ${process.argv[2]} writable.\n`)
  // Claude Code runs a tool whose hook fails; 2 alone stops it. Reading goes on, a change that leaves no trace does not.
  process.exitCode = runsUnasked(step.tool_name) ? 1 : 2
}
