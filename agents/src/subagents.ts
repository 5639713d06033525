import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { parse } from 'yaml'
import { z } from 'zod'

/** A subagent as its file describes it; the same file works in Claude Code. */
export interface Subagent {
  name: string
  description: string
  /** Entries as `mcp__server__tool`, `mcp__server` or `mcp__server__*`. */
  tools: string[]
  /** A model id, an alias such as `haiku`, or `inherit`. */
  model: string
  /** The system prompt: everything below the frontmatter. */
  prompt: string
}

/** Where the files lie, beside the sources as beside a bundle. */
const promptFolder = fileURLToPath(new URL('../prompts/', import.meta.url))

const Frontmatter = z.object({
  name: z.string().regex(/^[a-z0-9-]+$/, 'lower case with dashes'),
  description: z.string().min(1),
  // Without the line Claude Code gives an agent every tool there is; here each says what it may use.
  tools: z.union([z.string(), z.array(z.string()), z.null()], 'name the tools it may use'),
  model: z.string().default('inherit'),
})

/** Reads every subagent of a folder. @throws UserError that names the file and what is wrong in it */
export function loadSubagents(folder = promptFolder): Subagent[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => parseSubagent(file, readFileSync(join(folder, file), 'utf8')))
}

/**
 * Reads one subagent in the form Claude Code takes: frontmatter between `---` lines, tools as a list or with commas between,
 * unknown keys ignored, a colon in the description tolerated.
 */
export function parseSubagent(file: string, text: string): Subagent {
  const [, head, body] = /^---\r?\n(.*?)\r?\n---\r?\n(.*)$/s.exec(text) ?? []
  if (head === undefined || body === undefined)
    throw unusable(file, 'it does not begin with frontmatter between --- lines')
  let document: unknown
  try {
    document = parse(quoteSentences(head))
  } catch {
    throw unusable(file, 'its frontmatter is no YAML')
  }
  const parsed = Frontmatter.safeParse(document)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw unusable(file, `${issue?.path.join('.')}: ${issue?.message}`)
  }
  const { name, description, tools, model } = parsed.data
  if (name !== basename(file, '.md')) throw unusable(file, `it is named ${name}, unlike its file`)
  const listed = Array.isArray(tools) ? tools : (tools ?? '').split(',')
  const named = listed.map((tool) => tool.trim()).filter((tool) => tool !== '')
  return { name, description, tools: named, model, prompt: body.trim() }
}

/** Puts quotes around a plain sentence with a colon in it, which YAML would read as a mapping. */
function quoteSentences(head: string): string {
  return head.replace(
    /^(description: )([^"'|>\n][^\n]*)$/m,
    (_line, key: string, value: string) => key + JSON.stringify(value),
  )
}

function unusable(file: string, why: string): UserError {
  return new UserError(
    'subagent-unusable',
    `The subagent agents/prompts/${file} cannot be used: ${why}.`,
    'Correct it.',
  )
}
