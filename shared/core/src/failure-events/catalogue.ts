import type { Severity } from '../incident.ts'

export const failureCategories = [
  'Scheduling',
  'ImagePull',
  'ContainerCrash',
  'Configuration',
  'Volume',
  'Resource',
  'Probe',
  'Network',
  'Admission',
  'Node',
  'Other',
] as const
export type FailureCategory = (typeof failureCategories)[number]

/** What events of one sort mean. The first entry whose reason and message fit is taken, so order is precedence. */
export interface FailureKind {
  category: FailureCategory
  reason: RegExp
  message?: RegExp
  severity: Severity
  /** Likely causes in general; `hints` that match the message go before them. */
  causes: string[]
  hints?: { when: RegExp; cause: string }[]
  action: string
}

/** In a hint, `$1` stands for the first group of its pattern. Texts are the kubelet's, scheduler's and controllers' own (Kubernetes 1.32 to 1.36). */
export const catalogue: readonly FailureKind[] = [
  {
    category: 'Scheduling',
    reason: /^(FailedScheduling|NotTriggerScaleUp|Preempted|FailedPreemption)$/,
    severity: 'critical',
    causes: [
      'No node satisfies the resource requests, node selector, affinity, tolerations and volumes of the pod at once',
    ],
    hints: [{ when: /Preempted by/, cause: 'A pod of higher priority took its place' }],
    action: 'Ask explain_scheduling for this pod: it names each node and what it lacks',
  },
  {
    category: 'Configuration',
    reason: /^(Failed|CreateContainerConfigError)$/,
    message: /(configmap|secret) "[^"]*" not found|couldn't find key|runAsNonRoot|CreateContainerConfigError/,
    severity: 'critical',
    causes: ['The container refers to configuration that does not exist or is not allowed'],
    hints: [
      { when: /((?:configmap|secret) "[^"]+") not found/, cause: 'The $1 does not exist in the namespace' },
      { when: /couldn't find key (\S+ in \S+ \S+)/, cause: 'There is no key $1' },
      { when: /runAsNonRoot/, cause: 'runAsNonRoot is set and the image runs as root' },
    ],
    action: 'Create what is missing or correct its name in the workload',
  },
  {
    category: 'ImagePull',
    reason:
      /^(ErrImagePull|ImagePullBackOff|InspectFailed|ErrImageNeverPull|InvalidImageName|FailedToRetrieveImagePullSecret)$|^(Failed|BackOff)$/,
    message: /pull|image/i,
    severity: 'critical',
    causes: [
      'The image name or tag is wrong',
      'The registry cannot be reached',
      'The registry asks for credentials that the pod does not have',
    ],
    hints: [
      {
        when: /invalid reference|couldn't parse image name|InvalidImageName/,
        cause: 'The image name is not valid: a repository is lower case and has no spaces',
      },
      { when: /toomanyrequests|rate limit/i, cause: 'The registry limits the rate of pulls' },
      {
        when: /no such host|i\/o timeout|connection refused|dial tcp|x509|no route to host/,
        cause: 'The registry cannot be reached or its certificate is not trusted',
      },
      {
        when: /unauthorized|denied|authentication required|40[13]/i,
        cause: 'The registry refuses the credentials, or the repository does not exist',
      },
      { when: /not found|manifest unknown/i, cause: 'The tag or digest does not exist in the registry' },
    ],
    action: 'Check image name, tag and imagePullSecrets, then pull the image by hand from a node or another machine',
  },
  {
    category: 'Volume',
    reason:
      /^(FailedMount|FailedAttachVolume|FailedDetachVolume|FailedMapVolume|FailedBinding|ProvisioningFailed|VolumeResizeFailed|VolumeFailedDelete|FileSystemResizeFailed)$/,
    severity: 'critical',
    causes: [
      'The volume or what it is made from does not exist',
      'The storage backend or its CSI driver does not answer',
    ],
    hints: [
      { when: /((?:configmap|secret) "[^"]+") not found/, cause: 'The $1 does not exist in the namespace' },
      { when: /Multi-Attach/, cause: 'The volume is still attached to another node' },
      { when: /storageclass\S* "([^"]+)" not found/, cause: 'The StorageClass $1 does not exist' },
      {
        when: /timed out|DeadlineExceeded/,
        cause: 'Attaching or mounting takes too long: look at the CSI driver and the node',
      },
      { when: /hostPath type check failed/, cause: 'The host path is missing on this node' },
      {
        when: /no persistent volumes available/,
        cause: 'No PersistentVolume fits the claim and no StorageClass makes one',
      },
    ],
    action: 'Check the PersistentVolumeClaim, ConfigMap or Secret behind the volume, then the CSI driver on the node',
  },
  {
    category: 'Resource',
    reason:
      /^(OOMKilling|OOMKilled|SystemOOM|Evicted|EvictionThresholdMet|FreeDiskSpaceFailed|ImageGCFailed|ContainerGCFailed)$/,
    severity: 'critical',
    causes: ['The container used more memory or disk than its limit or the node allows'],
    hints: [
      {
        when: /low on resource: ([\w-]+)/,
        cause: 'The node ran out of $1 and evicted the pod; it used more than it requested',
      },
      { when: /ephemeral local storage usage exceeds/, cause: 'The pod wrote more to its local disk than its limit' },
      {
        when: /[Oo]ut of memory|OOM/,
        cause: 'The kernel killed the process: its memory limit is too low, or it leaks',
      },
    ],
    action: 'Compare usage with requests and limits (get_resource_usage), then raise them or find the leak',
  },
  {
    category: 'Probe',
    reason: /^(Unhealthy|ProbeError|ProbeWarning|Killing)$/,
    message: /prob/i,
    severity: 'warning',
    causes: ['The application is slow, overloaded or still starting', 'Path or port of the probe is wrong'],
    hints: [
      { when: /statuscode: (\d+)/, cause: 'The application answers the probe with HTTP $1' },
      {
        when: /context deadline exceeded|Client.Timeout|timed? ?out/i,
        cause: 'The application does not answer within timeoutSeconds',
      },
      {
        when: /connection refused/,
        cause: 'Nothing listens on the port of the probe: the process is down, starting, or the port is wrong',
      },
    ],
    action: 'Compare the probe with what the application serves, and with the time it takes to start',
  },
  {
    category: 'Network',
    reason:
      /^(FailedCreatePodSandBox|NetworkNotReady|SandboxChanged|FailedKillPod|DNSConfigForming|FailedToUpdateEndpoint(Slices)?|HostPortConflict)$/,
    severity: 'critical',
    causes: ['The network plugin of the node cannot set up the pod'],
    hints: [
      {
        when: /failed to assign an IP|no IP addresses available|InsufficientFreeAddresses|no free IPs?/i,
        cause: 'The address range of the node or subnet is used up',
      },
      { when: /cni|network plugin/i, cause: 'The network plugin (CNI) of the node fails' },
      { when: /runtime handler|RuntimeClass/, cause: 'The RuntimeClass names a runtime this node does not have' },
    ],
    action: 'Look at the network plugin pods on this node, and at how many addresses are left',
  },
  {
    category: 'ContainerCrash',
    reason:
      /^(BackOff|CrashLoopBackOff|Failed|FailedPostStartHook|FailedPreStopHook|BackoffLimitExceeded|DeadlineExceeded|PodFailurePolicy)$/,
    severity: 'critical',
    causes: ['The application ends right after its start', 'A dependency or setting is missing'],
    hints: [
      { when: /exec: "([^"]+)".*(?:not found|no such file)/, cause: 'The command $1 does not exist in the image' },
      { when: /permission denied/, cause: 'The command may not be executed by the user of the container' },
      { when: /no command specified/, cause: 'Neither image nor container names a command' },
      { when: /backoff limit/, cause: 'Every attempt of the Job failed' },
      { when: /deadline/, cause: 'The Job took longer than activeDeadlineSeconds' },
    ],
    action: 'Read the logs of the run that failed (get_logs with previous)',
  },
  {
    category: 'Admission',
    reason: /^(FailedCreate|FailedUpdate|FailedDelete|ReplicaSetCreateError|FailedRescale)$/,
    severity: 'critical',
    causes: ['The API server refuses to make the object'],
    hints: [
      { when: /exceeded quota: ([\w.-]+)/, cause: 'The ResourceQuota $1 is used up' },
      {
        when: /failed quota: ([\w.-]+)/,
        cause: 'The ResourceQuota $1 demands requests or limits that the containers do not set',
      },
      { when: /violates PodSecurity/, cause: 'The Pod Security level of the namespace forbids the pod' },
      { when: /failed calling webhook "([^"]+)"/, cause: 'The admission webhook $1 does not answer' },
      { when: /admission webhook "([^"]+)" denied/, cause: 'The admission webhook $1 denied it' },
      { when: /serviceaccount "([^"]+)" not found/, cause: 'The ServiceAccount $1 does not exist' },
      {
        when: /(?:maximum|minimum) \w+ usage per/,
        cause: 'A LimitRange of the namespace forbids these requests or limits',
      },
    ],
    action: 'Read the message: it names the quota, policy or webhook to change or repair',
  },
  {
    category: 'Node',
    reason:
      /^(NodeNotReady|NodeNotSchedulable|NodeHas\w*Pressure|Rebooted|TaintManagerEviction|KernelOops|KubeletSetupFailed|InvalidDiskCapacity|NodeShutdown|FailedNodeAllocatableEnforcement)$/,
    severity: 'warning',
    causes: ['The node does not report, or was taken out of service'],
    hints: [
      { when: /NodeNotReady|not ready/i, cause: 'The kubelet of the node does not report or is not ready' },
      { when: /reboot/i, cause: 'The node was restarted' },
    ],
    action: 'Diagnose the node: its conditions and the time of its last heartbeat tell whether it is gone',
  },
]

/** What is left when nothing in the catalogue fits: a warning of a controller we know nothing about. */
export const unlisted: FailureKind = {
  category: 'Other',
  reason: /./,
  severity: 'warning',
  causes: [],
  action: 'Read the message and the conditions of the object',
}
