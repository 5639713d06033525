import type { Rule } from '../context.ts'
import { api } from './api.ts'
import { argoRollouts } from './argo-rollouts.ts'
import { attachments } from './attachments.ts'
import { autoscaling } from './autoscaling.ts'
import { certificates } from './certificates.ts'
import { containerConfig } from './container-config.ts'
import { containerExits } from './container-exits.ts'
import { cronjobs } from './cronjobs.ts'
import { customResourceRule } from './custom-resources.ts'
import { disruption } from './disruption.ts'
import { endedPods } from './ended-pods.ts'
import { extensions } from './extensions.ts'
import { flux } from './flux.ts'
import { forbidden } from './forbidden.ts'
import { gateways } from './gateways.ts'
import { gitops } from './gitops.ts'
import { imagePull } from './image-pull.ts'
import { ingresses } from './ingresses.ts'
import { initStuck } from './init-stuck.ts'
import { jobs } from './jobs.ts'
import { namespaces } from './namespaces.ts'
import { nodes } from './nodes.ts'
import { quotas } from './quotas.ts'
import { readiness } from './readiness.ts'
import { refused } from './refused.ts'
import { resizes } from './resizes.ts'
import { restarts } from './restarts.ts'
import { rollouts } from './rollouts.ts'
import { services } from './services.ts'
import { storageClasses } from './storage-classes.ts'
import { storage } from './storage.ts'
import { stuckCreating } from './stuck-creating.ts'
import { terminating } from './terminating.ts'
import { unobserved } from './unobserved.ts'
import { unscheduled } from './unscheduled.ts'
import { versions } from './versions.ts'
import { missingReferences } from './missing-references.ts'
import { servicePorts } from './service-ports.ts'
import { loadBalancers } from './load-balancers.ts'
import { statefulSets } from './statefulsets.ts'
import { misscheduled } from './misscheduled.ts'
import { jobSidecars } from './job-sidecars.ts'
import { nodeCapacity } from './node-capacity.ts'
import { nodeEvents } from './node-events.ts'
import { clusterDns } from './cluster-dns.ts'
import { serviceHosts } from './service-hosts.ts'
import { dnsPolicy } from './dns-policy.ts'
import { bindings } from './bindings.ts'
import { closedServices } from './closed-services.ts'
import { networkPolicies } from './network-policies.ts'

/** Every rule. A new one is a file and a line here. */
export const rules: readonly Rule[] = [
  api,
  nodes,
  containerExits,
  imagePull,
  containerConfig,
  stuckCreating,
  initStuck,
  readiness,
  restarts,
  endedPods,
  terminating,
  unobserved,
  unscheduled,
  refused,
  rollouts,
  jobs,
  cronjobs,
  storage,
  services,
  ingresses,
  autoscaling,
  disruption,
  quotas,
  extensions,
  namespaces,
  gitops,
  flux,
  certificates,
  customResourceRule,
  gateways,
  argoRollouts,
  attachments,
  resizes,
  storageClasses,
  versions,
  forbidden,
  missingReferences,
  servicePorts,
  loadBalancers,
  statefulSets,
  misscheduled,
  jobSidecars,
  nodeCapacity,
  nodeEvents,
  clusterDns,
  serviceHosts,
  dnsPolicy,
  bindings,
  networkPolicies,
  closedServices,
]
