import type { Finding } from '../../incident.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { readinessOf, templateOf, type NamedWorkload } from '../objects.ts'
import { faultLine, serviceTargets, type ServiceTarget } from '../service-targets.ts'
import { inNamespace, nameOf } from '../text.ts'

/** Kinds that serve for long; a Job that cannot reach what it names fails and says so. */
const serving = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/**
 * Workloads that look well, but whose environment names a Service or a port of one that is not there. A port that an existing
 * Service lacks never answers; a Service that is missing may be a default nobody uses, which makes it a note. In a workload that
 * is not well, the same is evidence of what ails it.
 */
export const serviceHosts: Rule = {
  codes: ['WORKLOAD_SERVICE_PORT_WRONG', 'WORKLOAD_SERVICE_MISSING'],
  detect: (context) => [...context.workloads.values()].flatMap((workload) => findingsOf(context, workload)),
}

function findingsOf(context: DetectContext, workload: NamedWorkload): Finding[] {
  const { ref, object } = workload
  const { ready, desired } = readinessOf(workload)
  const template = templateOf(object)?.spec
  if (!serving.has(ref.kind) || template === undefined || desired === 0 || (ready ?? 0) < (desired ?? 0)) return []
  const targets = serviceTargets(context, ref, template)
  return [...tell(context, workload, targets, 'port'), ...tell(context, workload, targets, 'missing')]
}

function tell(
  context: DetectContext,
  { ref }: NamedWorkload,
  targets: readonly ServiceTarget[],
  fault: 'port' | 'missing',
): Finding[] {
  const those = targets.filter((target) => target.fault === fault)
  const [first] = those
  if (first === undefined) return []
  const port = fault === 'port'
  return [
    finding(context, {
      rule: port ? 'WORKLOAD_SERVICE_PORT_WRONG' : 'WORKLOAD_SERVICE_MISSING',
      severity: port ? 'warning' : 'info',
      owner: ref,
      fault: `it is told to use ${port ? `port ${first.port} of ` : ''}${nameOf(first.service)}, which ${port ? 'has no such port' : 'does not exist'}`,
      evidence: those.slice(0, 5).map((target) => faultLine(context, target)),
      causes: [
        port
          ? 'The port was changed on one side only, or is a typing error'
          : 'The Service was renamed or never created, or the name is a typing error',
      ],
      nextSteps: [
        `kubectl ${inNamespace(first.service.namespace)}get services`,
        `kubectl ${inNamespace(ref.namespace)}set env ${ref.kind.toLowerCase()}/${ref.name} --list`,
      ],
    }),
  ]
}
