/** Runs work of one key one after the other, and of different keys side by side. */
export type Queue = <T>(key: string, work: () => Promise<T>) => Promise<T>

/** Makes an empty one. What failed does not hold up what comes after it. */
export function createQueue(): Queue {
  const last = new Map<string, Promise<unknown>>()
  return (key, work) => {
    const before = last.get(key) ?? Promise.resolve()
    const result = before.then(work, work)
    const settled = result.catch(() => {}).finally(() => last.get(key) === settled && last.delete(key))
    last.set(key, settled)
    return result
  }
}
