const before = 60
const most = 240

/** The part of a text around the first of some words, on one line; its beginning when it holds none of them. */
export function excerptOf(text: string, words: readonly string[]): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  const plain = folded(line)
  const found = words.map((word) => plain.indexOf(folded(word))).filter((place) => place !== -1)
  const first = found.length === 0 ? 0 : Math.min(...found)
  const from = first <= before ? 0 : beginOfWord(line, first)
  const space = line.lastIndexOf(' ', from + most)
  const to = from + most >= line.length ? line.length : space > first ? space : from + most
  return `${from > 0 ? '… ' : ''}${line.slice(from, to)}${to < line.length ? ' …' : ''}`
}

/** A little before a place, at the beginning of a word where there is one. */
function beginOfWord(line: string, place: number): number {
  const space = line.indexOf(' ', place - before)
  return space === -1 || space >= place ? place - before : space + 1
}

/** Small letters without their marks, letter for letter. */
function folded(text: string): string {
  return text.replaceAll(/\P{ASCII}/gu, (letter) => letter.normalize('NFD').slice(0, letter.length)).toLowerCase()
}
