import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

/** Owners of this process; another one with our process id is a former life of this container. */
const ours = new Set<string>()

/** A name for who holds a lease: host, process and a random part. */
export function createOwner(): string {
  const owner = `${hostname()} ${process.pid} ${randomUUID()}`
  ours.add(owner)
  return owner
}

/** Whether an owner may still be at work. On another host nobody knows, so yes: its lease runs out by itself. */
export function isAlive(owner: string): boolean {
  const [host, pid] = owner.split(' ')
  if (host !== hostname()) return true
  if (Number(pid) === process.pid) return ours.has(owner)
  try {
    process.kill(Number(pid), 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
