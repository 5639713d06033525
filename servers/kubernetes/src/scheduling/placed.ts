import type { Pod } from '@kubevigil/core/kubernetes'
import { formatResource } from '@kubevigil/core/quantity'
import { podAmounts } from '../usage/pod-resources.ts'
import { checkNode } from './node-checks.ts'
import type { SchedulingFacts, SchedulingSpec, SchedulingStatus } from './types.ts'

/** Where a pod is, in a sentence. */
export function placedWords({ metadata, spec, status }: Pod, state: SchedulingStatus): string {
  const where = spec.nodeName === undefined ? 'without ever reaching a node' : `on node ${spec.nodeName}`
  if (state !== 'Finished') return `Pod ${metadata.name} is placed ${where}.`
  return `Pod ${metadata.name} has finished (${[status.phase, status.reason].filter((word) => word !== undefined).join(', ')}) ${where}.`
}

/** What makes a pod fit its node: what it asks for, and whether the node has it. */
export function whyItFits({ pod, nodes, podsOn, claims }: SchedulingFacts): string[] {
  const wishes = wishesOf(pod.spec as SchedulingSpec).map((wish) => `Asks for: ${wish}`)
  const node = nodes?.find((candidate) => candidate.metadata.name === pod.spec.nodeName)
  if (node === undefined) return wishes
  const { name } = node.metadata
  const failures = checkNode(pod, node, podsOn.get(name), claims)
  const taints = node.spec?.taints?.length ?? 0
  const late = failures.some(({ text }) => text.startsWith('taint '))
  return [
    ...wishes,
    ...(taints > 0
      ? [`Node ${name} is tainted: ${late ? 'some of it came after the pod' : 'the pod tolerates it'}`]
      : []),
    ...(failures.length === 0
      ? [`Node ${name} satisfies all of it`]
      : failures.map(({ text }) => `It could not be placed there again: ${text}`)),
  ]
}

function wishesOf(spec: SchedulingSpec): string[] {
  const requests = Object.entries(podAmounts(spec, 'requests'))
  const selector = Object.entries(spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`)
  const affinity = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return [
    ...(selector.length > 0 ? [`node selector ${selector.join(', ')}`] : []),
    ...(affinity === undefined ? [] : ['required node affinity']),
    requests.length > 0
      ? `requests ${requests.map(([resource, amount]) => `${resource} ${formatResource(resource, amount)}`).join(', ')}`
      : 'no requests, so any free room will do (BestEffort)',
  ]
}
