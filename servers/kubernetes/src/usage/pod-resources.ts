import type { Container, PodSpec } from '@kubevigil/core/kubernetes'
import { parseQuantity } from '@kubevigil/core/quantity'

/** Amounts by resource, in plain units: cores, bytes, counts. */
export type Amounts = Record<string, number>

type Part = 'requests' | 'limits'

/** Reads a map of quantities, such as a node's allocatable; unreadable quantities are left out. */
export function amountsOf(quantities: Record<string, string> | undefined): Amounts {
  return Object.fromEntries(
    Object.entries(quantities ?? {}).flatMap(([resource, quantity]) => {
      const amount = parseQuantity(quantity)
      return amount === undefined ? [] : [[resource, amount]]
    }),
  )
}

/**
 * What the scheduler counts for a pod: the sum of its containers and sidecars, or a single init container with the sidecars
 * started before it when that is more, plus the overhead of its runtime class (KEP-753, PodRequests of k8s.io/component-helpers).
 */
export function podAmounts(spec: PodSpec & { overhead?: Record<string, string> }, part: Part): Amounts {
  let total: Amounts = {}
  for (const container of spec.containers) total = add(total, own(container, part))
  let sidecars: Amounts = {}
  let peak: Amounts = {}
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      sidecars = add(sidecars, own(container, part))
      peak = most(peak, sidecars)
    } else peak = most(peak, add(sidecars, own(container, part)))
  }
  return add(most(add(total, sidecars), peak), amountsOf(spec.overhead))
}

/** The sum of amounts, resource by resource. */
export function add(a: Amounts, b: Amounts): Amounts {
  const sum = { ...a }
  for (const [resource, amount] of Object.entries(b)) sum[resource] = (sum[resource] ?? 0) + amount
  return sum
}

function most(a: Amounts, b: Amounts): Amounts {
  const larger = { ...a }
  for (const [resource, amount] of Object.entries(b)) larger[resource] = Math.max(larger[resource] ?? 0, amount)
  return larger
}

function own(container: Container, part: Part): Amounts {
  return amountsOf(container.resources?.[part])
}
