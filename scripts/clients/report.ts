import type { Answer } from './check.ts'

/** What a setup command did. */
export interface Outcome {
  file: string
  /** Whether the file says all this already. */
  upToDate: boolean
  written: boolean
  backup: string | null
  servers: Answer[]
  mcpServers: object
  /** Variables whose secrets were not copied. */
  fillIn: string[]
}

/** What a person reads in the end. */
export function report({ title, howToFill }: { title: string; howToFill: string }, outcome: Outcome): string {
  return [
    ...outcome.servers.map((answer) =>
      'tools' in answer
        ? `${answer.name}: answers, with ${answer.tools} tools.`
        : `${answer.name}: does not start. ${answer.failure}`,
    ),
    '',
    ...(outcome.written ? [] : [JSON.stringify({ mcpServers: outcome.mcpServers }, null, 2), '']),
    conclusion(title, outcome),
    ...(outcome.fillIn.length === 0
      ? []
      : [`Not copied, because they are secrets: ${outcome.fillIn.join(', ')}. ${howToFill}`]),
    '',
  ].join('\n')
}

function conclusion(client: string, { file, upToDate, written, backup, servers }: Outcome): string {
  if (written) {
    const kept = backup === null ? '' : ` What was there is in ${backup}.`
    return `Written to ${file}.${kept} Start ${client} anew to use it.`
  }
  if (upToDate) return `${file} says this already.`
  if (servers.some((answer) => 'failure' in answer))
    return `Nothing was written to ${file}: first every server has to start.`
  return `Nothing was written. This belongs into ${file}; --write puts it there.`
}
