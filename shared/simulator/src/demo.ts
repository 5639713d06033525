import { parseArgs } from 'node:util'
import { runCycle } from './demo/driver.ts'
import { startWorld, type DemoWorld } from './demo/world.ts'

const help = `pnpm demo: the main job on a recorded homelab; no cluster, no key, no account

Three cycles run against stand-ins on loopback: the incident, a second look right after, and a third after the repair.

Options:
  --json   print {"cycles": [first, second, third]} in the form of pnpm cycle --json
  --help   this text
`

const whereNext = `Where to go from here
  Your own cluster   pnpm cycle                     reads the current kubeconfig context, sends nothing without SLACK_BOT_TOKEN
                     pnpm watch --every 1h          keeps going
  Your services      claude-config/services.example.yaml, then KUBEVIGIL_SERVICES=your.yaml
  Claude Desktop     README.md, "Claude Desktop": the four servers in claude_desktop_config.json
  Claude Code        open claude-config/ as the working directory, or README.md, "Claude Code"
`

async function main(json: boolean): Promise<void> {
  const say = (text: string): void => void (json || process.stdout.write(`${text}\n`))
  say('Starting a recorded three-node homelab, its GitHub repository and a Slack workspace on this machine …')
  const world = await startWorld()
  const end = (): void => void world.close().then(() => process.exit(130))
  process.once('SIGINT', end).once('SIGTERM', end)
  try {
    const cycles: string[] = []
    const cycle = async (title: string): Promise<void> => {
      say(`\n━━ ${title}\n`)
      const options = json ? ['--json'] : []
      const printed = await runCycle(world.environment, options)
      cycles.push(printed)
      say(printed.trimEnd())
    }
    await cycle('First cycle: a commit lowered a memory limit, Argo CD has synced it')
    await showSlack(world, say)
    await cycle('Second cycle, right after: nothing new to tell')
    await world.recover()
    await cycle('Third cycle: the commit was reverted, the cluster has recovered')
    await showSlack(world, say)
    if (json)
      process.stdout.write(
        `${JSON.stringify({ cycles: cycles.map((report) => JSON.parse(report) as unknown) }, undefined, 2)}\n`,
      )
    else process.stdout.write(`\n${whereNext}`)
  } finally {
    await world.close()
  }
}

async function showSlack({ slack }: DemoWorld, say: (text: string) => void): Promise<void> {
  for (const channel of ['critical-alerts', 'infrastructure-alerts']) {
    const messages = await slack.messages(channel)
    say(`\n── Slack #${channel}: ${messages.length === 0 ? 'no message' : ''}`)
    for (const message of messages) {
      const isReply = message.thread_ts !== undefined && message.thread_ts !== message.ts
      say(
        readable(message.text)
          .split('\n')
          .map((line) => `   ${isReply ? '↳ ' : ''}${line}`)
          .join('\n'),
      )
    }
  }
}

/** A message's text as a reader in Slack sees it: dates in words, escapes undone. */
function readable(text: string): string {
  const dated = text.replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1').replace(/<!here>/g, '@here')
  return dated.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
})
if (values.help) process.stdout.write(help)
else await main(values.json)
