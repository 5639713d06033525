import { readFileSync } from 'node:fs'
import { UserError } from '@kubevigil/mcp-kit/errors'
import type { Credentials } from './github/credentials.ts'

/** The variables that say who asks, as they were read. */
interface Given {
  GITHUB_TOKEN?: string | undefined
  GITHUB_APP_ID?: string | undefined
  GITHUB_APP_PRIVATE_KEY?: string | undefined
  GITHUB_APP_PRIVATE_KEY_FILE?: string | undefined
  GITHUB_APP_INSTALLATION_ID?: number | undefined
}

/**
 * Tells who asks: a GitHub App when one is named, else the token; undefined when there is neither.
 * @throws UserError for an App without a key or a key without an App, and for a file that cannot be read
 */
export function readCredentials(given: Given): Credentials | undefined {
  const { GITHUB_TOKEN: token, GITHUB_APP_ID: appId, GITHUB_APP_INSTALLATION_ID: installationId } = given
  const privateKey = readKey(given)
  if (appId === undefined && privateKey !== undefined) {
    throw new UserError(
      'bad-environment',
      'There is a key of a GitHub App, but no GITHUB_APP_ID.',
      'Set GITHUB_APP_ID.',
    )
  }
  if (appId === undefined) return token === undefined ? undefined : { kind: 'token', token }
  if (privateKey === undefined) {
    throw new UserError(
      'bad-environment',
      'GITHUB_APP_ID is set, but there is no key of the GitHub App.',
      'Set GITHUB_APP_PRIVATE_KEY_FILE to the PEM file that GitHub made for it, or GITHUB_APP_PRIVATE_KEY to its text.',
    )
  }
  return { kind: 'app', appId, privateKey, installationId }
}

function readKey({ GITHUB_APP_PRIVATE_KEY: text, GITHUB_APP_PRIVATE_KEY_FILE: file }: Given): string | undefined {
  // A `.env` file holds the key on one line.
  if (text !== undefined) return text.replaceAll(String.raw`\n`, '\n')
  if (file === undefined) return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new UserError(
      'bad-environment',
      `GITHUB_APP_PRIVATE_KEY_FILE is ${file}, which cannot be read.`,
      'Name the PEM file that GitHub made for the App, readable for this user.',
      { cause },
    )
  }
}
