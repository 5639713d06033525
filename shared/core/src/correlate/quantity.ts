const units: Record<string, number> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** Which way a number moved. */
export type Direction = 'lowered' | 'raised'

/** Reads a Kubernetes quantity such as `512Mi`, `250m` or `1.5`; undefined when the text is none. */
export function parseQuantity(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(text) ?? []
  return amount === undefined ? undefined : Number(amount) * units[unit ?? '']!
}

/** Whether a quantity went down or up; undefined when one side is missing or no quantity, or nothing changed. */
export function directionOf(before: string | undefined, after: string | undefined): Direction | undefined {
  const [from, to] = [parseQuantity(before ?? ''), parseQuantity(after ?? '')]
  if (from === undefined || to === undefined || from === to) return undefined
  return to < from ? 'lowered' : 'raised'
}
