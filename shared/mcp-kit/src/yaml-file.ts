import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { UserError } from './errors.ts'

/**
 * Reads a text that an operator writes.
 * @param variable the environment variable that named the file, for the error text
 * @throws UserError that names the file
 */
export function readTextFile(path: string, variable: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read'
    throw new UserError(
      'file-unreadable',
      `The file ${path} named by ${variable} ${reason}.`,
      `Correct ${variable} or unset it.`,
      { cause },
    )
  }
}

/**
 * Reads a YAML file that an operator writes and validates it.
 * @param variable the environment variable that named the file, for the error text
 * @throws UserError that names the file and, for each problem, the place in it
 */
export function readYamlFile<S extends z.ZodType>(path: string, schema: S, variable: string): z.output<S> {
  const text = readTextFile(path, variable)
  let document: unknown
  try {
    document = parse(text)
  } catch (cause) {
    const line = (cause as { linePos?: { line: number }[] }).linePos?.[0]?.line
    throw new UserError(
      'file-no-yaml',
      `The file ${path} named by ${variable} is not valid YAML${line === undefined ? '' : ` at line ${line}`}.`,
      'Correct the file.',
      { cause },
    )
  }
  return validate(document, schema, path, variable)
}

/**
 * Judges what an operator's file says.
 * @throws UserError that names the file and, for each problem, the place in it
 */
export function validate<S extends z.ZodType>(
  document: unknown,
  schema: S,
  path: string,
  variable: string,
): z.output<S> {
  const parsed = schema.safeParse(document)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || 'the document'}: ${issue.message}`)
  throw new UserError(
    'file-invalid',
    `The file ${path} named by ${variable} is not valid: ${problems.join('; ')}.`,
    'Correct the file.',
  )
}
