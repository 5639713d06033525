import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { createOwner, isAlive } from './owner.ts'

test('tells the living from the dead on this host, and gives other hosts the benefit', () => {
  expect(isAlive(createOwner())).toBe(true)
  expect(isAlive(`${hostname()} ${process.pid} of-a-former-life`)).toBe(false)
  expect(isAlive(`${hostname()} ${process.ppid} x`)).toBe(true)
  expect(isAlive(`${hostname()} ${spawnSync(process.execPath, ['--version']).pid} x`)).toBe(false)
  expect(isAlive(`elsewhere ${process.pid} x`)).toBe(true)
})
