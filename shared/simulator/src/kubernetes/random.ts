/** Numbers that look random and are the same for the same seed (mulberry32). */
export interface Random {
  /** A whole number from 0 up to and without `below`. */
  below(below: number): number
  /** A text of characters from an alphabet. */
  letters(length: number, alphabet: string): string
  /** A version 4 UUID in form. */
  uuid(): string
}

/** The alphabet of generated Kubernetes names: no vowels, nothing easily mistaken. */
export const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

export function createRandom(seed: number): Random {
  let state = seed >>> 0

  function below(limit: number): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }

  function letters(length: number, alphabet: string): string {
    return Array.from({ length }, () => alphabet[below(alphabet.length)]).join('')
  }

  return {
    below,
    letters,
    uuid: () => [8, 4, 4, 4, 12].map((length) => letters(length, '0123456789abcdef')).join('-'),
  }
}
