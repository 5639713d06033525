/**
 * A stable identity of 16 hexadecimal digits: FNV-1a, 64 bit (Fowler, Noll, Vo), over the parts joined by a separator no
 * Kubernetes name holds. It tells incidents of one installation apart; it is no defence against forgery.
 * Give it what stays the same from cycle to cycle: never a pod's hash, a count or a digit of a message.
 */
export function fingerprint(...parts: readonly string[]): string {
  let hash = 0xcbf29ce484222325n
  for (const character of parts.join('\u001F')) {
    for (const byte of utf8(character.codePointAt(0)!)) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
    }
  }
  return hash.toString(16).padStart(16, '0')
}

function utf8(code: number): number[] {
  if (code < 0x80) return [code]
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 63)]
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
}
