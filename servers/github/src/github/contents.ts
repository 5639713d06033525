import { redact } from '@kubevigil/core/redact'
import { z } from 'zod'
import { cleanLine, cleanText, maskSecrets } from './clean.ts'
import type { GitHubClient, Session } from './client.ts'
import { ApiContent, ApiEntry } from './schemas.ts'
import { split } from './shapes.ts'

/** What a path holds. Lines are cleaned, bounded, and without secrets. */
export type Content =
  | { kind: 'file'; lines: { number: number; text: string }[]; total: number }
  | { kind: 'folder'; entries: string[] }
  | { kind: 'binary' | 'too-large' | 'other'; size: number }

/** Longest line that is shown, in characters, and largest file, in bytes: GitHub's own limit for this question. */
const limits = { line: 400, bytes: 1024 * 1024 }

/** Reads a file or a folder's names at a revision; the default branch when there is none. */
export async function getContent(
  client: GitHubClient,
  { repository, path, ref }: { repository: string; path: string; ref?: string | undefined },
  session: Session,
): Promise<Content> {
  const { data } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/contents/{path}',
      params: { ...split(repository), path, ...(ref === undefined ? {} : { ref }) },
      schema: z.union([z.array(ApiEntry), ApiContent]),
      what: `${path} in ${repository}${ref === undefined ? '' : ` at ${ref.slice(0, 60)}`}`,
    },
    session,
  )
  if (Array.isArray(data)) {
    return {
      kind: 'folder',
      entries: data.map(({ name, type }) => `${cleanLine(name, 200)}${type === 'dir' ? '/' : ''}`),
    }
  }
  const size = data.size ?? 0
  if (data.type !== 'file') return { kind: 'other', size }
  if (size > limits.bytes || data.encoding === 'none') return { kind: 'too-large', size }
  const bytes = Buffer.from(data.content ?? '', 'base64')
  if (bytes.includes(0)) return { kind: 'binary', size }
  return readLines(path, bytes.toString('utf8'))
}

/** Secrets are taken out of the whole file before a part of it is: a part may not show that it is one. */
function readLines(path: string, text: string): Content {
  const plain = text.replace(/\r\n?/g, '\n').replace(/\n$/, '')
  const source = plain === '' ? [] : maskFile(path, plain).split('\n')
  // A key block becomes a single line: the numbers in front keep those of the lines behind it right.
  const numbered = redact(source.map((line, at) => `${at + 1}\t${line}`).join('\n'))
  const lines = numbered.split('\n').flatMap((line) => {
    const [, number, rest] = /^(\d+)\t(.*)$/s.exec(line) ?? []
    if (number === undefined || rest === undefined) return []
    return [{ number: Number(number), text: cleanText(rest, limits.line, { keepMarkup: true }) }]
  })
  return { kind: 'file', lines, total: source.length }
}

/** Masks each YAML document on its own: a Secret in a file does not hide the Deployment beside it. */
function maskFile(path: string, text: string): string {
  const documents = text.split(/^(?=---)/m)
  return documents
    .map((document) => {
      // The rules are those of patches, where a mark stands before each line.
      const patch = document.replace(/^/gm, ' ')
      return maskSecrets(path, patch).replace(/^ /gm, '')
    })
    .join('')
}
