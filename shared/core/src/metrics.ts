/** What a node or container uses at one moment: an average over the metrics API's window, mostly 15 to 30 seconds. */
export interface Usage {
  /** Cores. */
  cpu: number
  /** Bytes of the working set, which is what the kernel's memory limit counts. */
  memory: number
}

/** What the containers of one pod use. */
export interface PodUsage {
  namespace: string
  name: string
  labels: Readonly<Record<string, string>>
  /** By container name. */
  containers: ReadonlyMap<string, Usage>
}

/** How much of a volume is left, by Prometheus. */
export interface VolumeUsage {
  namespace: string
  /** Name of its PersistentVolumeClaim. */
  claim: string
  /** Share free, 0 to 1, and whether the last hours' course uses it up within four days; absent when it is not measured. */
  space?: { free: number; fullWithinDays: boolean }
  inodes?: { free: number; fullWithinDays: boolean }
}

/** A fault of the control plane, by Prometheus. */
export interface ControlPlaneFault {
  kind: 'api-errors' | 'api-errors-slow' | 'kubelet-certificate' | 'etcd-leader'
  /** Empty for the whole cluster. */
  node: string
  /** Share of requests that fail, or seconds a certificate still holds. */
  value: number
}

/** What a metrics API told at one look; coverage `metrics` says when it told less than all. */
export interface ClusterMetrics {
  /** By node name. */
  nodes: ReadonlyMap<string, Usage>
  pods: readonly PodUsage[]
  /** Volumes that are nearly full; absent without a Prometheus. */
  volumes?: readonly VolumeUsage[]
  /** Absent without a Prometheus, and where only one namespace is looked at. */
  controlPlane?: readonly ControlPlaneFault[]
}
