import { expect, test } from 'vitest'
import { callTool, fakeContext } from '../testing.ts'
import { getFile } from './get-file.ts'

const repository = 'acme/deploy'

function holding(text: string | Buffer, change: object = {}): ReturnType<typeof fakeContext> {
  const content = Buffer.from(text).toString('base64')
  const size = Buffer.byteLength(text)
  return fakeContext({ '/contents/{path}': { type: 'file', encoding: 'base64', size, content, ...change } })
}

test('numbers lines and goes on where it stopped', async () => {
  const context = holding('one\ntwo\u202E\nthree\n')
  const first = await callTool(getFile, { repository, path: 'a.txt', toLine: 2 }, context)
  expect(first).toMatchObject({ text: '1\tone\n2\ttwo', totalLines: 3, next: 3, note: 'Lines 1 to 2 of 3.' })
  const rest = await callTool(getFile, { repository, path: 'a.txt', fromLine: 3 }, context)
  expect(rest).toMatchObject({ text: '3\tthree', next: null })
})

test('does not carry secrets, and keeps the numbers behind them', async () => {
  const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----'
  const text = `kind: Deployment\nname: web\n---\nkind: Secret\nstringData:\n  a: hunter2\n---\n${key}\nlast: 1\n`
  const { text: shown } = await callTool(getFile, { repository, path: 'x.yaml' }, holding(text))
  expect(shown).not.toMatch(/hunter2|MIIabc/)
  expect(shown).toContain('2\tname: web')
  expect(shown.endsWith('11\tlast: 1')).toBe(true)
  const part = await callTool(getFile, { repository, path: 'x.yaml', fromLine: 6, toLine: 6 }, holding(text))
  expect(part.text).toContain('<redacted:secret-data>')
})

test.each([
  ['data: {a: aHVudGVyMg==}', 'kind: Secret\ndata: {a: aHVudGVyMg==}'],
  ['a list', '- kind: Secret\n  data:\n    a: aHVudGVyMg=='],
  ['JSON', '{"kind": "Secret", "data": {"a": "aHVudGVyMg=="}}'],
])('masks a Secret written as %s', async (_, text) => {
  expect((await callTool(getFile, { repository, path: 'x' }, holding(text))).text).not.toContain('aHVudGVyMg')
})

test('binary, too large, no file and folder are a sentence', async () => {
  const note = async (context: ReturnType<typeof fakeContext>): Promise<string> =>
    (await callTool(getFile, { repository, path: 'x' }, context)).note
  expect(await note(holding(Buffer.from([1, 0, 2])))).toContain('binary')
  expect(await note(holding('', { encoding: 'none', size: 5_000_000 }))).toContain('5000000 bytes')
  expect(await note(holding('', { type: 'submodule' }))).toContain('submodule')
  const folder = fakeContext({
    '/contents/{path}': [
      { type: 'dir', name: 'shop' },
      { type: 'file', name: 'a.yaml' },
    ],
  })
  expect(await callTool(getFile, { repository, path: 'apps' }, folder)).toMatchObject({ text: 'shop/\na.yaml' })
})

test('stays within bounds', async () => {
  const answer = await callTool(getFile, { repository, path: 'x' }, holding(`${'"\\'.repeat(300)}\n`.repeat(900)))
  expect(JSON.stringify(answer).length).toBeLessThan(16_000)
  expect(answer).toMatchObject({ coverage: [{ status: 'partial' }] })
})

test('refuses paths that leave the repository, and too many lines', async () => {
  for (const path of ['../x', '/etc/passwd', 'a/../../b', '']) {
    expect(getFile.input.safeParse({ repository, path }).success).toBe(false)
  }
  await expect(callTool(getFile, { repository, path: 'x', toLine: 401 }, holding(''))).rejects.toThrow(
    'cannot be shown',
  )
  await expect(callTool(getFile, { repository: 'evil/repo', path: 'x' }, holding(''))).rejects.toThrow(
    'may not be read',
  )
})
