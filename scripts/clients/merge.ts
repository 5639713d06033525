import { UserError } from '../../shared/mcp-kit/src/errors.ts'

/** A server as the clients' files write it. */
export interface Entry {
  type?: 'stdio'
  command: string
  args: string[]
  env: Record<string, unknown>
}

/** A server to put into a client's file; its placeholders never take the place of a value that is there. */
export interface NewEntry extends Entry {
  placeholders: Record<string, unknown>
}

export interface Merged {
  text: string
  /** Whether it means anything else than what was there. */
  changed: boolean
}

type Json = Record<string, unknown>

/**
 * A client's file with our servers in it. All else keeps its value and order; what a person added to one of ours stays, too.
 * @param text what the file holds; empty when there is none
 * @param file its path, for the error texts
 * @throws UserError when the text is not the file of a client, or a server of the same name is somebody else's
 */
export function mergeServers(text: string, entries: ReadonlyMap<string, NewEntry>, file: string): Merged {
  const document = parse(text, file)
  const servers = document['mcpServers'] ?? {}
  if (!isObject(servers)) throw unfit(file, 'its mcpServers is no object')
  const merged = { ...servers }
  for (const [name, entry] of entries) merged[name] = join(name, servers[name], entry, file)
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  '
  const result = { ...document, mcpServers: merged }
  return {
    text: `${JSON.stringify(result, null, indent)}\n`,
    changed: JSON.stringify(result) !== JSON.stringify(document),
  }
}

/** A server's entry where there was none. */
export function entryOf({ placeholders, ...entry }: NewEntry): Entry {
  return { ...entry, env: { ...placeholders, ...entry.env } }
}

function join(name: string, there: unknown, entry: NewEntry, file: string): unknown {
  if (there === undefined) return entryOf(entry)
  if (!isObject(there) || !isOurs(there, name))
    throw new UserError(
      'server-name-taken',
      `${file} has a server "${name}" that is not Kubevigil's.`,
      `Rename it there, or leave it out with --servers. Nothing was written.`,
    )
  const env = isObject(there['env']) ? there['env'] : {}
  return { ...there, ...entryOf({ ...entry, placeholders: { ...entry.placeholders, ...env } }) }
}

/** Whether an entry starts the server of that name of a Kubevigil, wherever that lies. */
function isOurs({ args }: Json, name: string): boolean {
  const [program] = Array.isArray(args) ? (args as unknown[]) : []
  if (typeof program !== 'string') return false
  const path = program.replaceAll('\\', '/')
  return ['dist/main.js', 'src/main.ts'].some((main) => path.endsWith(`/servers/${name}/${main}`))
}

function parse(text: string, file: string): Json {
  const plain = text.replace(/^\uFEFF/, '')
  if (plain.trim() === '') return {}
  let document: unknown
  try {
    document = JSON.parse(plain)
  } catch (cause) {
    // Only the place: the rest of the message quotes the file, which may hold tokens.
    const place = /\(line \d+ column \d+\)/.exec((cause as Error).message)?.[0] ?? ''
    throw unfit(file, `it is not valid JSON ${place}`.trim(), { cause })
  }
  if (!isObject(document)) throw unfit(file, 'it is no JSON object')
  return document
}

function unfit(file: string, why: string, options?: ErrorOptions): UserError {
  return new UserError(
    'config-malformed',
    `${file} cannot be merged with: ${why}.`,
    'Correct it or move it away. Nothing was written.',
    options,
  )
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
