/** Tolerance in words (`hours to days`, `N/A`): what P3 has by default. */
const untroubled = '2d'

/**
 * A span as people write it: `0 minutes`, `5-15 min`, `12 hours`. A range means its end.
 * @returns it as `15m`, or undefined when the text names none
 */
export function spanIn(text: string): string | undefined {
  const found = /(\d+)\s*(seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|[smhd])\b/i.exec(text)
  return found === null ? undefined : `${found[1]}${found[2]!.charAt(0).toLowerCase()}`
}

/** A tolerated downtime; undefined when the text can mean none. */
export function downtimeIn(text: string): string | undefined {
  return spanIn(text) ?? (/\bn\/?a\b|\bhours\b|\bdays\b/i.test(text) ? untroubled : undefined)
}

/** A text without what brackets explain in it. */
export function withoutBrackets(text: string): string {
  return text.replaceAll(/\([^)]*\)/g, '')
}

/** The names of a list such as `mysql, vault (secrets), AWS`: what stands in brackets explains. */
export function namesIn(text: string): string[] {
  return withoutBrackets(text)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !/^none\b/i.test(name))
}

/** What a description says of a service's place: its data or the way in from outside. */
export function layerIn(text: string): 'data' | 'ingress' | undefined {
  if (/\bdata ?layer\b|\bdatabase\b/i.test(text)) return 'data'
  return /\bingress controller\b|\ball external (?:traffic|access)\b/i.test(text) ? 'ingress' : undefined
}
