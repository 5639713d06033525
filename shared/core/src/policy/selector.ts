import { z } from 'zod'

/** Which objects are meant. A missing field matches anything; `*` matches any run of characters. */
export const Selector = z.strictObject({
  namespace: z.string().optional(),
  kind: z.string().optional(),
  name: z.string().optional(),
})
export type Selector = z.output<typeof Selector>

/** Whether a selector matches an object. */
export function selects(selector: Selector, ref: { kind: string; namespace: string; name: string }): boolean {
  return (
    (selector.kind === undefined || selector.kind.toLowerCase() === ref.kind.toLowerCase()) &&
    matches(selector.namespace, ref.namespace) &&
    matches(selector.name, ref.name)
  )
}

/** Whether a text is what a pattern says; an absent pattern matches any. Takes time that does not grow with the number of `*`. */
export function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === text
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  let from = first.length
  for (const part of rest) {
    const found = text.indexOf(part, from)
    if (found === -1) return false
    from = found + part.length
  }
  return from <= text.length - last.length
}
