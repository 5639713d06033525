import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fakeKubeconfig } from './fake-api.ts'
import { loadKubeconfig, selectContext } from './kubeconfig.ts'

const folder = mkdtempSync(join(tmpdir(), 'kubevigil-'))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function load(paths: string) {
  return loadKubeconfig({ paths, context: undefined })
}

describe('loadKubeconfig', () => {
  it('names a missing file, a folder, an unreadable, a malformed and an empty one', async () => {
    await expect(load(join(folder, 'nowhere'))).rejects.toThrow(/nowhere does not exist/)
    mkdirSync(join(folder, 'dir'), { recursive: true })
    await expect(load(join(folder, 'dir'))).rejects.toThrow(/dir is a folder/)
    await expect(load(file('bad', 'clusters: [}'))).rejects.toThrow(/bad is not valid/)
    await expect(load(file('empty', ''))).rejects.toThrow(/is not valid|has no contexts/)
    await expect(load(file('none', 'apiVersion: v1\nkind: Config\n'))).rejects.toThrow(/has no contexts/)
  })

  it.skipIf(process.getuid?.() === 0)('names a file that may not be read', async () => {
    const path = file('locked', fakeKubeconfig('https://a'))
    chmodSync(path, 0)
    await expect(load(path)).rejects.toThrow(/may not be read/)
  })

  it('merges as kubectl does: the first file wins, also with its current context', async () => {
    const first = file('first', fakeKubeconfig('https://first'))
    const second = file('second', `${fakeKubeconfig('https://second')}\n`)
    const third = file('third', fakeKubeconfig('https://third', 'away'))
    const config = await load([first, second, third].join(delimiter))
    expect(config.contexts.map(({ name }) => name)).toEqual(['home', 'away'])
    expect(config.currentContext).toBe('home')
    expect(selectContext(config, undefined).getCurrentCluster()?.server).toBe('https://first')
    expect(selectContext(config, 'away').getCurrentCluster()?.server).toBe('https://third')
  })
})

describe('selectContext', () => {
  it('lists the contexts when the wanted one is not there, a few of many', async () => {
    const config = await load(file('many', fakeKubeconfig('https://a')))
    expect(() => selectContext(config, 'nope')).toThrow('There is no context "nope" in the kubeconfig.')
    config.contexts = Array.from({ length: 500 }, (_, index) => ({ name: `context-${index}`, cluster: 'c', user: 'u' }))
    expect(() => selectContext(config, 'nope')).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/context-19 and 480 more\.$/) }),
    )
  })

  it('refuses a context whose cluster has no address', async () => {
    const config = await load(file('broken', fakeKubeconfig('not a url')))
    expect(() => selectContext(config, undefined)).toThrow('The context "home" names no cluster with a server address.')
  })

  it('leaves the shared configuration as it is', async () => {
    const config = await load(
      [file('one', fakeKubeconfig('https://a')), file('two', fakeKubeconfig('http://b', 'away'))].join(delimiter),
    )
    expect(selectContext(config, 'away').currentContext).toBe('away')
    expect(config.currentContext).toBe('home')
  })
})
