import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readServicesFile } from './services-file.ts'

function file(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubevigil-services-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('YAML and text give the same catalog', () => {
  const yaml = 'services: [{ name: mysql, priority: P0, maxDowntime: 0m, layer: data, selectors: [{ namespace: db }] }]'
  const text = '1. Critical (P0)\n1.1 mysql\n- Namespace: db\n- Purpose: the database\n- Max Downtime: 0 minutes'
  expect(readServicesFile(file('services.txt', text))).toEqual(readServicesFile(file('services.yaml', yaml)))
})

test('what cannot be understood is named by its line, and the file by its path', () => {
  const path = file('services.txt', '1. Critical (P0)\n1.1 mysql\n- Max Downtime: hardly any')
  expect(() => readServicesFile(path)).toThrow(
    `${path} named by KUBEVIGIL_SERVICES cannot be understood: line 3: "hardly any" is no time`,
  )
  expect(() => readServicesFile(`${path}x.txt`)).toThrow('does not exist')
})
