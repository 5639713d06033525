import { refKey, type Finding } from '../../incident.ts'
import { controllerOf, type Container, type PodSpec } from '../../kubernetes.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { templateOf, type NamedWorkload } from '../objects.ts'
import { compareText, nameOf, quote } from '../text.ts'

/** A workload that somebody wrote, with the template of its pods. */
export interface Written extends NamedWorkload {
  spec: PodSpec
  labels: Readonly<Record<string, string>>
}

/** One habit that invites trouble, and how to tell it from a template alone. */
export interface Check {
  code: `HYGIENE_${string}`
  /** What workloads do, as in "workloads …". */
  habit: string
  risk: string
  advice: string
  /** Where a workload shows it, such as its containers' names; empty when it does not. */
  find(workload: Written, context: DetectContext): string[]
}

/** What comes with the cluster is not the operator's to change, and privileged by design. */
const systemNamespaces = new Set(['kube-system', 'kube-public', 'kube-node-lease'])
const mostNamespaces = 6
const mostExamples = 8

/**
 * A rule of checks: one note for each check, whatever the number of workloads, so that an answer stays small. They belong to
 * the cluster and not to the workloads, so that no fault of a workload is ever filed under a habit.
 */
export function hygieneRule(checks: readonly Check[]): Rule {
  return {
    codes: checks.map(({ code }) => code),
    detect: (context) => checks.flatMap((check) => noteOf(context, check, writtenIn(context))),
  }
}

function noteOf(context: DetectContext, check: Check, workloads: readonly Written[]): Finding[] {
  const found = workloads
    .map(({ ref, ...rest }) => ({ ref, places: check.find({ ref, ...rest }, context) }))
    .filter(({ places }) => places.length > 0)
  if (found.length === 0) return []
  const namespaces = [...Map.groupBy(found, ({ ref }) => ref.namespace)].toSorted(
    ([a, own], [b, others]) => others.length - own.length || compareText(a, b),
  )
  const counts = namespaces.slice(0, mostNamespaces).map(([name, own]) => `${name} ${own.length}`)
  const examples = found
    .slice(0, mostExamples)
    .map(({ ref, places }) => `${nameOf(ref)} (${quote([...new Set(places)].join(', '), 120)})`)
  const owner = { kind: 'Cluster', namespace: '', name: context.snapshot.cluster }
  const note = finding(context, {
    rule: check.code,
    severity: 'info',
    owner,
    fault: `workloads ${check.habit}`,
    evidence: [
      `Workloads: ${found.length}, by namespace: ${counts.join(', ')}${namespaces.length > mostNamespaces ? ', and others' : ''}`,
      `Such as ${examples.join('; ')}`,
    ],
    causes: [check.risk],
    nextSteps: [check.advice],
    objects: found.map(({ ref }) => ref),
  })
  return [{ ...note, object: owner }]
}

/** Workloads that nobody else made, by name: what a CronJob or an operator makes is written elsewhere. */
function writtenIn({ workloads }: DetectContext): Written[] {
  return [...workloads.values()]
    .flatMap(({ ref, object }) => {
      const template = templateOf(object)
      const own = controllerOf(object) === undefined && !systemNamespaces.has(ref.namespace)
      return own && template?.spec?.containers !== undefined
        ? [{ ref, object, spec: template.spec, labels: template.metadata?.labels ?? {} }]
        : []
    })
    .sort((a, b) => compareText(refKey(a.ref), refKey(b.ref)))
}

/** Containers that run as long as the pod: its own, and native sidecars. */
export function longRunning({ containers, initContainers = [] }: PodSpec): Container[] {
  return [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')]
}

/** Every container of a template. */
export function allContainers({ containers, initContainers = [] }: PodSpec): Container[] {
  return [...containers, ...initContainers]
}

/** The names of the containers for which something holds. */
export function namesWhere(containers: readonly Container[], holds: (container: Container) => boolean): string[] {
  return containers.filter(holds).map(({ name }) => name)
}
