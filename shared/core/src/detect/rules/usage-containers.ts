import { refKey, type Finding } from '../../incident.ts'
import { formatBytes, formatCores, parseQuantity } from '../../quantity.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { containersOf } from '../pods.ts'
import { readingsOf, type Reading } from '../readings.ts'
import { compareText, inNamespace } from '../text.ts'
import { hasExitFault } from './container-exits.ts'

/** Share of the memory limit worth a note: many programs live there by design (a JVM heap, a cache). */
const near = 0.9
/** Share from which one that was OOM-killed before is about to be again. */
const veryNear = 0.95
/** Share of the CPU limit from which the kernel surely throttles. */
const throttled = 0.95
/** CPU limits below this throttle idle programs, too, and say nothing (kubernetes-mixin #108). */
const leastCpuLimit = 0.1

/** Containers about to run into a limit, by what is measured. More than a limit cannot be used: such a reading is left out. */
export const containerUsage: Rule = {
  codes: ['POD_MEMORY_NEAR_LIMIT', 'POD_CPU_AT_LIMIT'],
  detect: (context) => {
    const readings = readingsOf(context)
    return [
      ...byContainer(readings.filter((one) => isNearMemory(context, one))).map((group) => memory(context, group)),
      ...byContainer(readings.filter(isAtCpu)).map((group) => cpu(context, group)),
    ]
  },
}

function isNearMemory(context: DetectContext, reading: Reading): boolean {
  const share = memoryShare(reading)
  if (share <= near || share > 1) return false
  const { read, container } = reading
  // What was OOM-killed just now is told by the rule for that.
  const view = read && containersOf(read.pod).find(({ name }) => name === container.name)
  return view === undefined || !hasExitFault(context, read!.pod, view)
}

function isAtCpu({ usage, container }: Reading): boolean {
  const limit = limitOf(container, 'cpu')
  return limit >= leastCpuLimit && usage.cpu >= limit * throttled && usage.cpu <= limit * 1.1
}

function memory(context: DetectContext, group: readonly Reading[]): Finding {
  const { owner, container } = group[0]!
  const killed = group.find((one) => killedAt(one) !== undefined && memoryShare(one) > veryNear)
  const fullest = killed ?? group.toSorted((a, b) => memoryShare(b) - memoryShare(a))[0]!
  const limit = limitOf(fullest.container, 'memory')
  return finding(context, {
    rule: 'POD_MEMORY_NEAR_LIMIT',
    severity: killed === undefined ? 'info' : 'warning',
    owner,
    container: container.name,
    fault: `container ${container.name} is close to its memory limit`,
    evidence: [
      `${fullest.pod.name}: ${formatBytes(fullest.usage.memory)} of ${formatBytes(limit)} (${Math.round(memoryShare(fullest) * 100)} %)`,
      killed !== undefined && `It was OOM-killed before, at ${killedAt(killed)}`,
    ],
    causes: [
      'The memory limit is below what it needs',
      'A memory leak or a load peak',
      'A cache that fills what it gets',
    ],
    nextSteps: [`kubectl ${inNamespace(owner.namespace)}top pod ${fullest.pod.name} --containers`],
    objects: group.map(({ pod }) => pod),
  })
}

function cpu(context: DetectContext, group: readonly Reading[]): Finding {
  const { owner, container } = group[0]!
  const busiest = group.toSorted((a, b) => b.usage.cpu - a.usage.cpu)[0]!
  return finding(context, {
    rule: 'POD_CPU_AT_LIMIT',
    severity: 'info',
    owner,
    container: container.name,
    fault: `container ${container.name} runs at its CPU limit and is throttled`,
    evidence: [
      `${busiest.pod.name}: ${formatCores(busiest.usage.cpu)} of ${formatCores(limitOf(busiest.container, 'cpu'))} cores`,
    ],
    causes: ['The CPU limit is below what it needs', 'A load peak'],
    nextSteps: [`kubectl ${inNamespace(owner.namespace)}top pod ${busiest.pod.name} --containers`],
    objects: group.map(({ pod }) => pod),
  })
}

/** Readings of one container of one owner, pods by name: fifty replicas with one fault are one finding. */
function byContainer(readings: readonly Reading[]): Reading[][] {
  const sorted = readings.toSorted((a, b) => compareText(refKey(a.pod), refKey(b.pod)))
  return [...Map.groupBy(sorted, ({ owner, container }) => `${refKey(owner)} ${container.name}`).values()]
}

function memoryShare({ usage, container }: Reading): number {
  const limit = limitOf(container, 'memory')
  return limit > 0 ? usage.memory / limit : 0
}

function killedAt({ read }: Reading): string | undefined {
  const end = read?.status?.lastState?.terminated
  return end?.reason === 'OOMKilled' ? (end.finishedAt ?? 'an unknown time') : undefined
}

function limitOf({ resources }: Reading['container'], resource: string): number {
  return parseQuantity(resources?.limits?.[resource]) ?? 0
}
