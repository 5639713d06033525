import type { Pod } from '@kubevigil/core/kubernetes'
import type { SchedulingCategory } from '@kubevigil/core/scheduling'
import type { FailureSummary } from './join.ts'
import type { SchedulingFacts } from './types.ts'

/** What to do about each reason, for the pod at hand. At most six steps, in the order of the reasons. */
export function adviceFor(pod: Pod, categories: readonly FailureSummary[], { claims }: SchedulingFacts): string[] {
  const { name, namespace = '' } = pod.metadata
  const steps = categories.flatMap(({ category, nodes, resource }) => {
    const node = nodes[0] ?? '<node>'
    const claim = claims[0]?.name ?? '<claim>'
    const known: Partial<Record<SchedulingCategory, string>> = {
      InsufficientResource:
        resource === 'pods'
          ? 'Add a node or raise maxPods: the nodes run as many pods as they may.'
          : `Lower the ${resource || 'resource'} request of the pod, free some on a node, or add a node that has enough (get_resource_usage scope nodes shows who holds it).`,
      UntoleratedTaint: `Add a toleration to the pod, or remove the taint if it is no longer meant: kubectl describe node ${node}`,
      NodeUnavailable: `Repair the nodes first; their state is the cause: diagnose_resource kind Node, name ${node}`,
      Cordoned: `If the maintenance is over: kubectl uncordon ${node}`,
      NodeSelector: `Correct the node selector or affinity of the pod, or label a node: kubectl get nodes --show-labels`,
      NodeName: 'Correct or remove nodeName in the pod: it names a node that does not fit.',
      HostPort: 'Use another host port or none: a Service does not need one.',
      PodAffinity: 'Check that the pods it wants to be near exist and carry the labels of the affinity term.',
      PodAntiAffinity: 'Add nodes, or turn the required anti-affinity into a preferred one.',
      TopologySpread: 'Check the topology key on the nodes, or set whenUnsatisfiable to ScheduleAnyway.',
      MissingClaim: `Create the claim or correct its name: kubectl get pvc -n ${namespace}`,
      UnboundClaim: `See why the claim is not bound: kubectl describe pvc ${claim} -n ${namespace}`,
      LostVolume: `The volume is gone: restore it or make the claim ${claim} anew.`,
      VolumeNodeAffinity: `The volume lives in another zone or on another node: free room there, or move the data. kubectl get pv -o wide`,
      VolumeBinding: `No volume can be made or bound where the pod may run: kubectl describe pvc ${claim} -n ${namespace}`,
      VolumeInUse: `Another pod holds the claim ${claim} (ReadWriteOncePod): stop that pod first.`,
      VolumeLimit: 'The nodes have as many volumes attached as they may: add a node.',
      DynamicResources: `No device satisfies the claim: kubectl get resourceclaims,resourceslices -n ${namespace}`,
      NoNodes: 'The cluster has no node: add one, or look at the node autoscaler.',
      Autoscaler: 'The cluster autoscaler cannot add a node: check its limits and its own events.',
    }
    return known[category] === undefined ? [] : [known[category]]
  })
  const all = [...new Set(steps)].slice(0, 5)
  return all.length > 0 ? all : [`kubectl describe pod ${name} -n ${namespace}`]
}
