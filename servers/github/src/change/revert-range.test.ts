import { describe, expect, test } from 'vitest'
import { apiCommit, apiFile, fakeContext, type Answers } from '../testing.ts'
import { readRange, type RevertRange } from './revert-range.ts'

async function range(revert: string, answers: Answers): Promise<RevertRange> {
  const { client } = fakeContext(answers)
  return readRange(
    { client, repository: 'acme/deploy', session: { signal: new AbortController().signal, calls: 0 } },
    revert,
  )
}

const sha = (letter: string): string => letter.repeat(40)
const merged = { number: 7, merged_at: '2026-11-20T14:00:00Z', merge_commit_sha: sha('c'), commits: 2 }

function commits(files: Record<string, object[]>): Answers {
  return {
    '/commits/{ref}': ({ ref }: { ref: string }) =>
      apiCommit(ref[0]!, {
        message: `Commit ${ref[0]}`,
        files: files[ref[0]!] ?? [],
        parents: [ref[0] === 'c' ? 'b' : 'a'],
      }),
  }
}

describe('a pull request of two commits', () => {
  test('that was rebased is both of them', async () => {
    const answers = {
      ...commits({ c: [apiFile('b.yaml')], b: [apiFile('a.yaml')] }),
      '/pulls/{pull_number}': merged,
      '/pulls/{pull_number}/files': [apiFile('a.yaml'), apiFile('b.yaml')],
      '/commits': [apiCommit('c'), apiCommit('b'), apiCommit('a')],
      '/compare/{basehead}': {
        status: 'ahead',
        total_commits: 2,
        commits: [apiCommit('b'), apiCommit('c')],
        files: [apiFile('a.yaml'), apiFile('b.yaml')],
      },
    }
    expect(await range('#7', answers)).toEqual({
      after: sha('c'),
      before: sha('a'),
      paths: ['a.yaml', 'b.yaml'],
      title: 'Commit c',
    })
  })

  test('that was squashed is the one commit', async () => {
    const answers = {
      ...commits({ c: [apiFile('a.yaml'), apiFile('b.yaml')] }),
      '/pulls/{pull_number}': merged,
      '/pulls/{pull_number}/files': [apiFile('a.yaml'), apiFile('b.yaml')],
    }
    expect(await range('#7', answers)).toMatchObject({ after: sha('c'), before: sha('b') })
  })

  test('that is not merged cannot be taken back', async () => {
    const open = { '/pulls/{pull_number}': { ...merged, merged_at: null } }
    await expect(range('#7', open)).rejects.toThrow('#7 is not merged')
  })
})

test('a renamed file is taken back under both names', async () => {
  const file = { ...apiFile('new.yaml'), previous_filename: 'old.yaml' }
  expect(await range(sha('c'), commits({ c: [file] }))).toMatchObject({ paths: ['new.yaml', 'old.yaml'] })
})

test.each<[string, Answers, RegExp]>([
  ['the first commit', { '/commits/{ref}': apiCommit('c') }, /is the first commit/],
  [
    'a change of very many files',
    commits({ c: Array.from({ length: 21 }, (_, index) => apiFile(`${index}.yaml`)) }),
    /more than 20 files/,
  ],
])('%s is refused', async (_, answers, message) => {
  await expect(range(sha('c'), answers)).rejects.toThrow(message)
})
