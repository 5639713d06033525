import { clean, escapeWithin, line } from './text.ts'

const programs =
  'kubectl|helm|flux|argocd|git|gh|docker|crictl|nerdctl|systemctl|journalctl|ssh|curl|vault|etcdctl|k3s|talosctl|terraform|aws|gcloud|az|sudo'
const isCommand = new RegExp(`^(?:\\$ )?(?:${programs})\\s`)
const endsInCommand = new RegExp(`^([^\`]{1,300}?):\\s+\`?((?:${programs})\\s[^\`]+)\`?$`)

/**
 * Steps as a phone shows them well: commands in code blocks to copy, sentences as a list; `Look first: kubectl get pods` is
 * both. Steps that do not fit into `max` characters are counted.
 */
export function steps(items: readonly string[], max: number): string {
  const written = items.map(step).filter((text) => text !== '')
  const room = max - more(items.length).length
  let used = 0
  const shown = written.filter((text) => (used += text.length + 1) <= room)
  const rest = written.length - shown.length
  return [...shown, ...(rest > 0 ? [more(rest)] : [])].join('\n')
}

/** Outside texts as bullets, the first `most` of them, each at most `each` characters; the rest is counted. */
export function bullets(items: readonly string[], { most, each }: { most: number; each: number }): string {
  const shown = items.slice(0, most).map((item) => `• ${line(item, each)}`)
  const rest = items.length - shown.length
  return [...shown, ...(rest > 0 ? [more(rest)] : [])].join('\n')
}

/** `a, b and 3 more`: names in a row, the first `most` of them. */
export function names(items: readonly string[], { most, each }: { most: number; each: number }): string {
  const shown = items.slice(0, most).map((item) => line(item, each))
  const rest = items.length - shown.length
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ')
}

function step(item: string): string {
  const text = clean(item).trim()
  if (text === '') return ''
  if (isCommand.test(text)) return codeBlock(text)
  const [, sentence, command] = endsInCommand.exec(text) ?? []
  if (sentence === undefined || command === undefined) return `• ${line(text, 620)}`
  return `• ${line(sentence, 310)}:\n${codeBlock(command)}`
}

function codeBlock(text: string): string {
  return `\`\`\`\n${escapeWithin(text.replace(/^\$ /, '').replaceAll(/`{3,}/g, "'''"), 620)}\n\`\`\``
}

function more(count: number): string {
  return `_… and ${count} more_`
}
