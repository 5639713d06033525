import { listingOf } from '../../shared/mcp-kit/src/listing.ts'
import type { ServerFacts } from './servers.ts'

/** The parts of a listed parameter's JSON Schema that the page shows. */
interface Parameter {
  type?: string | readonly string[]
  enum?: readonly unknown[]
  const?: unknown
  anyOf?: readonly Parameter[]
  items?: Parameter
  minimum?: number
  maximum?: number
  default?: unknown
  description?: string
}

interface InputSchema {
  properties?: object | undefined
  required?: readonly string[] | undefined
}

/** docs/tools.md: what every server offers, as its own schemas say it. */
export async function toolsDoc(servers: readonly ServerFacts[]): Promise<string> {
  const head =
    '# Tools\n\nWhat each server offers, written by `pnpm generate` from the schemas that check the calls. Effect: `read` looks, ' +
    '`write` adds or edits, `destructive` takes away.\nClaude Code and the driver name a tool `mcp__<server>__<tool>`.\n'
  return [head, ...(await Promise.all(servers.map(serverPart)))].join('\n')
}

async function serverPart({ name, tools, prompts, resources }: ServerFacts): Promise<string> {
  const listed = await listingOf(async () => tools)
  return [
    `## ${name}\n`,
    table(
      ['tool', 'effect', 'what it answers'],
      tools.map((tool) => [code(tool.name), tool.effect, tool.description]),
    ),
    ...listed.map(({ name: tool, inputSchema }) => parametersPart(tool, inputSchema)),
    ...(prompts.length === 0
      ? []
      : [
          `### Prompts of ${name}\n`,
          table(
            ['prompt', 'arguments', 'what it is for'],
            prompts.map((prompt) => [
              code(prompt.name),
              Object.entries(prompt.arguments.shape)
                .map(([field, schema]) => `${code(field)}: ${schema.description}`)
                .join('; '),
              prompt.description,
            ]),
          ),
        ]),
    ...(resources.length === 0
      ? []
      : [
          `### Resources of ${name}\n`,
          table(
            ['resource', 'the answer of', 'what it is'],
            resources.map(({ uri, tool, description }) => [code(uri), code(tool), description]),
          ),
        ]),
  ].join('\n')
}

function parametersPart(tool: string, { properties = {}, required = [] }: InputSchema): string {
  const rows = Object.entries(properties as Record<string, Parameter>).map(([name, parameter]) => [
    code(name),
    typeOf(parameter),
    required.includes(name)
      ? 'required'
      : parameter.default === undefined
        ? ''
        : code(JSON.stringify(parameter.default)),
    parameter.description ?? '',
  ])
  const body = rows.length === 0 ? 'No parameters.\n' : table(['parameter', 'type', 'default', 'meaning'], rows)
  return `### ${tool}\n\n${body}`
}

/** A parameter's type with its bounds, in words. */
function typeOf(parameter: Parameter): string {
  const { type, anyOf, items, minimum, maximum } = parameter
  if (parameter.enum !== undefined) return parameter.enum.map((value) => code(String(value))).join(', ')
  if (parameter.const !== undefined) return code(JSON.stringify(parameter.const))
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ')
  if (type === 'array') return items === undefined ? 'list' : `list of ${typeOf(items)}`
  const word = [type ?? 'any'].flat().join(' or ')
  if (minimum !== undefined && maximum !== undefined) return `${word}, ${minimum} to ${maximum}`
  if (minimum !== undefined) return `${word}, at least ${minimum}`
  return maximum === undefined ? word : `${word}, at most ${maximum}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${[head, head.map(() => '---'), ...rows].map(line).join('\n')}\n`
}

function line(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |`
}

/** A text that stays in its cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim()
}

function code(text: string): string {
  return `\`${text}\``
}
