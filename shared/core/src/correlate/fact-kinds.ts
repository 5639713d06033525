/** What part of a workload a change touched, as far as it can make a workload fail. */
export type FactKind =
  | 'memory-limit'
  | 'memory-request'
  | 'cpu-limit'
  | 'cpu-request'
  | 'image'
  | 'pull-secret'
  | 'env'
  | 'runtime-memory'
  | 'command'
  | 'probe'
  | 'port'
  | 'replicas'
  | 'config'
  | 'secret-ref'
  | 'volume'
  | 'storage'
  | 'scheduling'
  | 'security'
  | 'service-account'
  | 'service'
  | 'network-policy'
  | 'ingress'
  | 'certificate'
  | 'quota'
  | 'strategy'
  | 'autoscaling'

/** Kinds that show in the pod template, so a rollout's recorded changes would have to contain them. */
export const templateKinds: ReadonlySet<FactKind> = new Set<FactKind>([
  'memory-limit',
  'memory-request',
  'cpu-limit',
  'cpu-request',
  'image',
  'pull-secret',
  'env',
  'runtime-memory',
  'command',
  'probe',
  'scheduling',
  'security',
  'service-account',
])

/** Objects whose whole content means one thing. */
const byObject: Record<string, FactKind> = {
  ConfigMap: 'config',
  Secret: 'secret-ref',
  ExternalSecret: 'secret-ref',
  SealedSecret: 'secret-ref',
  NetworkPolicy: 'network-policy',
  CiliumNetworkPolicy: 'network-policy',
  Ingress: 'ingress',
  IngressRoute: 'ingress',
  HTTPRoute: 'ingress',
  Gateway: 'ingress',
  Certificate: 'certificate',
  Issuer: 'certificate',
  ClusterIssuer: 'certificate',
  ResourceQuota: 'quota',
  LimitRange: 'quota',
  HorizontalPodAutoscaler: 'autoscaling',
  PersistentVolumeClaim: 'storage',
  PersistentVolume: 'storage',
  StorageClass: 'storage',
  Service: 'service',
}

/** Places in manifests, Helm values and kustomizations, most telling first. */
const byKey: readonly [RegExp, FactKind][] = [
  [/\bimagepullsecrets\b/, 'pull-secret'],
  [/\b(?:liveness|readiness|startup)probe\b/, 'probe'],
  [/\b(?:secretkeyref|secretref|secretname|remoteref)\b/, 'secret-ref'],
  [/\b(?:configmapkeyref|configmapref|configmapgenerator|configmap)\b/, 'config'],
  [/\b(?:volumeclaimtemplates?|storageclassname|storageclass|requests\.storage)\b/, 'storage'],
  [/\b(?:volumemounts?|volumes?|claimname|mountpath|hostpath)\b/, 'volume'],
  [/\blimits\.memory$/, 'memory-limit'],
  [/\brequests\.memory$/, 'memory-request'],
  [/\blimits\.cpu$/, 'cpu-limit'],
  [/\brequests\.cpu$/, 'cpu-request'],
  // The context did not show whether it is a limit or a request: a limit is what bites.
  [/(?:^|\.)memory$/, 'memory-limit'],
  [/(?:^|\.)cpu$/, 'cpu-limit'],
  [/\benv(?:from)?\b/, 'env'],
  [/\b(?:command|args|entrypoint)\b/, 'command'],
  [/\b(?:nodeselector|affinity|tolerations?|topologyspreadconstraints|priorityclassname|nodename)\b/, 'scheduling'],
  [/\b(?:securitycontext|podsecuritycontext|capabilities|runasuser|fsgroup)\b/, 'security'],
  [/\bserviceaccount(?:name)?\b/, 'service-account'],
  [/\b(?:minreplicas|maxreplicas)\b/, 'autoscaling'],
  [/\b(?:replicas|replicacount)$/, 'replicas'],
  [/\b(?:strategy|updatestrategy|maxsurge|maxunavailable|progressdeadlineseconds)\b/, 'strategy'],
  [/\bingress\b/, 'ingress'],
  [/\b(?:ports?|containerport|targetport|hostport)\b/, 'port'],
  // `images` is a list of references in a kustomization and in what Argo CD Image Updater writes.
  [/(?:^|\.)(?:images?|newtag|newname|digest|tag|targetrevision)$|\bimages?\./, 'image'],
]

/** What a file's name says when its lines do not. */
const byFile: readonly [RegExp, FactKind][] = [
  [/config-?maps?/, 'config'],
  [/network-?polic/, 'network-policy'],
  [/ingress|httproute|gateway/, 'ingress'],
  [/certificate|issuer/, 'certificate'],
  [/secret/, 'secret-ref'],
  [/quota|limit-?range/, 'quota'],
  [/\b(?:pvc|persistent)/, 'storage'],
  [/\bhpa\b|autoscal/, 'autoscaling'],
  [/\bservices?\.ya?ml$/, 'service'],
  [/\.(?:properties|conf|cfg|ini|toml|json|env|xml)$/, 'config'],
]

/**
 * Tells what a changed place means; undefined when nothing is known of it.
 * @param key lower-case keys joined by dots
 * @param place where it stands: the object's kind and the file, empty when unknown
 */
export function kindOf(key: string, place: { kind: string; file: string }): FactKind | undefined {
  const object = byObject[place.kind]
  if (object !== undefined) return object
  const file = place.file.toLowerCase().split('/').at(-1) ?? ''
  return find(byKey, key) ?? find(byFile, file)
}

function find(table: readonly [RegExp, FactKind][], text: string): FactKind | undefined {
  return table.find(([pattern]) => pattern.test(text))?.[1]
}
