/** An answer that GitHub may confirm with 304 instead of sending it again; a confirmed one does not count against the rate limit. */
export interface Kept {
  etag: string
  data: unknown
  hasMore: boolean
}

export interface EtagCache {
  get: (key: string) => Kept | undefined
  /** Keeps an answer, and forgets those that were used longest ago for it. One larger than a tenth of the room is not kept. */
  set: (key: string, kept: Kept) => void
}

/** Makes a cache of answers that holds at most so many characters of JSON; nothing of it outlives the process. */
export function createEtagCache(room = 8_000_000): EtagCache {
  const entries = new Map<string, { kept: Kept; size: number }>()
  let used = 0

  function forget(key: string): void {
    used -= entries.get(key)?.size ?? 0
    entries.delete(key)
  }

  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      // A Map keeps the order of insertion: what was used last goes to its end.
      entries.delete(key)
      entries.set(key, entry)
      return entry.kept
    },
    set(key, kept) {
      forget(key)
      const size = key.length + (JSON.stringify(kept.data)?.length ?? 0)
      if (size > room / 10) return
      entries.set(key, { kept, size })
      used += size
      for (const oldest of entries.keys()) {
        if (used <= room) break
        forget(oldest)
      }
    },
  }
}
