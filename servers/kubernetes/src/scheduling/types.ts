import type { KubernetesEvent, KubernetesObject, Pod, PodSpec } from '@kubevigil/core/kubernetes'
import type { SchedulingCategory } from '@kubevigil/core/scheduling'
import type { LabelSelector } from '../diagnose/selectors.ts'

export interface Taint {
  key: string
  value?: string
  effect: string
}

export interface Node extends KubernetesObject {
  spec?: { taints?: Taint[]; unschedulable?: boolean }
  status?: { allocatable?: Record<string, string>; capacity?: Record<string, string>; conditions?: unknown[] }
}

/** Terms are alternatives; the expressions of one term must all hold. */
export interface NodeSelectorTerm {
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
  matchFields?: { key: string; operator: string; values?: string[] }[]
}

/** The fields of a pod that decide where it may run, beyond those every rule reads. */
export interface SchedulingSpec extends PodSpec {
  overhead?: Record<string, string>
  preemptionPolicy?: string
  resourceClaims?: { name: string; resourceClaimName?: string; resourceClaimTemplateName?: string }[]
  affinity?: {
    nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms?: NodeSelectorTerm[] } }
    podAffinity?: {
      requiredDuringSchedulingIgnoredDuringExecution?: { labelSelector?: LabelSelector; topologyKey?: string }[]
    }
    podAntiAffinity?: {
      requiredDuringSchedulingIgnoredDuringExecution?: { labelSelector?: LabelSelector; topologyKey?: string }[]
    }
  }
}

/** What is known of one PersistentVolumeClaim of a pod. */
export interface ClaimFact {
  name: string
  /** Null when it does not exist; undefined when that cannot be told. */
  claim: KubernetesObject | null | undefined
  /** The bound volume; null when it is gone. */
  volume?: KubernetesObject | null | undefined
  /** Its StorageClass; null when that does not exist. */
  storageClass?: KubernetesObject | null | undefined
  /** Newest event on it. */
  said?: string
}

/** All that an explanation is made from; what could not be read is undefined, never empty. */
export interface SchedulingFacts {
  pod: Pod
  nodes: readonly Node[] | undefined
  /** Pods of the nodes whose pods were read. */
  podsOn: ReadonlyMap<string, readonly Pod[]>
  claims: readonly ClaimFact[]
  /** Names of resource claims and templates that the pod names and that do not exist. */
  missingResourceClaims: readonly string[]
  /** Whether the pod's scheduler has placed any pod; undefined when unknown. */
  schedulerPlaces: boolean | undefined
  events: readonly KubernetesEvent[]
}

/** Why one node cannot take a pod. */
export interface NodeFailure {
  category: SchedulingCategory
  resource?: string
  text: string
  /** What is free of the resource on this node, as far as its pods were read. */
  free?: number
}

/** `Nominated`: a node is kept for it, which victims of preemption or the maker of its volume still hold up. */
export type SchedulingStatus = 'Scheduled' | 'Pending' | 'Gated' | 'Nominated' | 'Finished'
