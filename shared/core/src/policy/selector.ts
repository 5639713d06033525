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

/** Whether a text is what a pattern says; an absent pattern matches any. */
export function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true
  if (!pattern.includes('*')) return pattern === text
  const escaped = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${escaped.join('.*')}$`).test(text)
}
