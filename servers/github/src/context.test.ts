import { describeError } from '@kubevigil/mcp-kit/errors'
import { expect, test } from 'vitest'
import { fakeContext } from './testing.ts'

function refusal(repositories: string[], from: 'GITHUB_REPOS' | 'KUBEVIGIL_SERVICES', repository: string): string {
  try {
    fakeContext({}, { allowed: { repositories, from } }).allow(repository)
  } catch (error) {
    return describeError(error)
  }
  return ''
}

test('allows what is listed, in any case', () => {
  expect(refusal(['acme/Deploy'], 'GITHUB_REPOS', 'Acme/deploy')).toBe('')
})

test('refuses everything else and names the variable to extend', () => {
  expect(refusal(['acme/deploy'], 'GITHUB_REPOS', 'acme/other')).toBe(
    'The repository acme/other may not be read. Add it to GITHUB_REPOS to allow it; allowed now: acme/deploy.',
  )
  expect(refusal([], 'KUBEVIGIL_SERVICES', 'acme/other')).toContain(
    'GITHUB_REPOS is not set, so only repositories that the services file (KUBEVIGIL_SERVICES) names are allowed: none.',
  )
})
