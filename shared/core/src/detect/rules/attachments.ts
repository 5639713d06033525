import type { Finding } from '../../incident.ts'
import { minute } from '../../time.ts'
import { attachmentsOf, lostNodes, type Attachment } from '../attachments.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { inNamespace, quote } from '../text.ts'

/** Drivers refuse once or twice while a volume is still let go elsewhere; after this long they do not get there (Radar: 5 m). */
const attachGrace = 5 * minute

/** Volumes that the storage driver cannot attach to a node, or not detach from one. */
export const attachments: Rule = {
  codes: ['VOLUME_ATTACH_FAILED'],
  detect: (context) =>
    [...Map.groupBy(attachmentsOf(context.snapshot), ({ volume }) => volume).values()].flatMap((all) => {
      const failed = all.filter(
        ({ failure, attached, createdAt }) =>
          failure !== undefined &&
          // An old error stays behind after the driver got there.
          (!attached || failure.verb === 'detached from') &&
          context.now - (createdAt ?? 0) >= attachGrace,
      )
      return failed.length === 0 ? [] : [findingOf(context, failed[0]!, all)]
    }),
}

function findingOf(context: DetectContext, failed: Attachment, all: readonly Attachment[]): Finding {
  const { name, volume, node, claim, failure, createdAt } = failed
  const holders = all.filter((other) => other.attached && other.node !== node)
  const lost = lostNodes(context, holders)
  return finding(context, {
    rule: 'VOLUME_ATTACH_FAILED',
    severity: 'warning',
    owner: claim ?? { kind: 'PersistentVolume', namespace: '', name: volume },
    fault: `its volume cannot be ${failure?.verb ?? 'attached to'} node ${node}`,
    since: createdAt,
    evidence: [
      quote(failure?.message),
      ...holders.map((holder) => `Volume ${volume} is attached to node ${holder.node}`),
    ],
    causes: [
      'The volume is still attached to another node, or lies in another zone',
      "The storage driver's controller lacks permission or its cloud refuses",
      'The node holds as many volumes as it can',
    ],
    nextSteps: [
      `kubectl describe volumeattachment ${name}`,
      ...(claim === undefined ? [] : [`kubectl ${inNamespace(claim.namespace)}describe pvc ${claim.name}`]),
      `kubectl get volumeattachments | grep ${volume}`,
    ],
    links: {
      nodes: [node],
      ...(lost.length > 0 ? { causedBy: lost } : {}),
    },
  })
}
