import type { KubernetesObject } from '@kubevigil/core/kubernetes'

export interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

/** The selector of a workload in the form a list takes; undefined when it has none. A Service's selector is a bare map. */
export function selectorOf(object: KubernetesObject): string | undefined {
  const selector = object.spec?.['selector']
  if (selector === null || typeof selector !== 'object') return undefined
  const { matchLabels, matchExpressions } = selector as LabelSelector
  const bare = matchLabels === undefined && matchExpressions === undefined
  const labels = bare ? (selector as Record<string, string>) : (matchLabels ?? {})
  const terms = [
    ...Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    ...(matchExpressions ?? []).map(term),
  ]
  return terms.length === 0 ? undefined : terms.join(',')
}

/** Whether labels satisfy a selector; an absent one selects nothing, an empty one everything (the API's rule for pod affinity). */
export function matchesLabels(selector: LabelSelector | undefined, labels: Record<string, string> = {}): boolean {
  if (selector === undefined) return false
  const named = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value)
  return named && (selector.matchExpressions ?? []).every((expression) => matchesExpression(expression, labels))
}

/** One requirement of a label selector or node affinity. Gt and Lt compare whole numbers, as for node labels. */
export function matchesExpression(
  { key, operator, values = [] }: { key: string; operator: string; values?: string[] },
  labels: Record<string, string>,
): boolean {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return Number(value) > Number(values[0])
    case 'Lt':
      return Number(value) < Number(values[0])
    default:
      return false
  }
}

function term({ key, operator, values = [] }: { key: string; operator: string; values?: string[] }): string {
  if (operator === 'Exists') return key
  if (operator === 'DoesNotExist') return `!${key}`
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`
}
