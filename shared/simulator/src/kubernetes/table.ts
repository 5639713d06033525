import { list, type Json, type JsonObject, type KubernetesObject } from './json.ts'
import type { Printer } from './printers/cells.ts'
import { printAutoscaler } from './printers/autoscaling.ts'
import * as network from './printers/network.ts'
import { printEvent, printNamespace, printNode } from './printers/nodes.ts'
import * as other from './printers/other.ts'
import { printPod } from './printers/pods.ts'
import * as storage from './printers/storage.ts'
import * as workloads from './printers/workloads.ts'
import { readExchange } from './recordings.ts'
import { partialMetadata, whole, type IncludeObject } from './representation.ts'
import { storageKey, type Resource } from './resources.ts'

/** How a kind is printed: its columns come from a recorded exchange, or are written here when none was recorded. */
interface Layout {
  printer: Printer
  recording?: string
  columns?: string[]
}

const layouts: Record<string, Layout> = {
  '/pods': { printer: printPod, recording: 'pods' },
  '/nodes': { printer: printNode, recording: 'nodes' },
  '/namespaces': { printer: printNamespace, recording: 'namespaces' },
  '/events': { printer: printEvent, recording: 'events' },
  '/services': { printer: network.printService, recording: 'services' },
  '/persistentvolumeclaims': { printer: storage.printClaim, recording: 'pvcs' },
  '/persistentvolumes': { printer: storage.printVolume, recording: 'pvs' },
  '/resourcequotas': { printer: storage.printQuota, recording: 'resourcequotas' },
  'apps/deployments': { printer: workloads.printDeployment, recording: 'deployments' },
  'apps/replicasets': { printer: workloads.printReplicaSet, recording: 'replicasets' },
  'apps/statefulsets': { printer: workloads.printStatefulSet, recording: 'statefulsets' },
  'apps/daemonsets': { printer: workloads.printDaemonSet, recording: 'daemonsets' },
  'batch/jobs': { printer: workloads.printJob, recording: 'jobs' },
  'batch/cronjobs': { printer: workloads.printCronJob, recording: 'cronjobs' },
  'policy/poddisruptionbudgets': { printer: workloads.printDisruptionBudget, recording: 'pdbs' },
  'autoscaling/horizontalpodautoscalers': { printer: printAutoscaler, recording: 'hpas' },
  'networking.k8s.io/ingresses': { printer: network.printIngress, recording: 'ingresses' },
  'networking.k8s.io/ingressclasses': {
    printer: network.printIngressClass,
    columns: ['Name', 'Controller', 'Parameters', 'Age'],
  },
  'networking.k8s.io/networkpolicies': {
    printer: network.printNetworkPolicy,
    columns: ['Name', 'Pod-Selector', 'Age'],
  },
  'discovery.k8s.io/endpointslices': {
    printer: network.printEndpointSlice,
    columns: ['Name', 'AddressType', 'Ports', 'Endpoints', 'Age'],
  },
  '/endpoints': { printer: network.printEndpoints, columns: ['Name', 'Endpoints', 'Age'] },
  '/configmaps': { printer: other.printConfigMap, columns: ['Name', 'Data', 'Age'] },
  '/serviceaccounts': { printer: other.printServiceAccount, columns: ['Name', 'Secrets', 'Age'] },
  '/componentstatuses': { printer: other.printComponentStatus, columns: ['Name', 'Status', 'Message', 'Error'] },
  'coordination.k8s.io/leases': { printer: other.printLease, columns: ['Name', 'Holder', 'Age'] },
  'apps/controllerrevisions': {
    printer: other.printControllerRevision,
    columns: ['Name', 'Controller', 'Revision', 'Age'],
  },
  'scheduling.k8s.io/priorityclasses': {
    printer: other.printPriorityClass,
    columns: ['Name', 'Value', 'Global-Default', 'Age', 'PreemptionPolicy'],
  },
  'storage.k8s.io/storageclasses': {
    printer: storage.printStorageClass,
    columns: ['Name', 'Provisioner', 'ReclaimPolicy', 'VolumeBindingMode', 'AllowVolumeExpansion', 'Age'],
  },
  'rbac.authorization.k8s.io/clusterrolebindings': {
    printer: other.printRoleBinding,
    columns: ['Name', 'Role', 'Age', 'Users', 'Groups', 'ServiceAccounts'],
  },
  'argoproj.io/applications': {
    printer: other.printApplication,
    columns: ['Name', 'Sync Status', 'Health Status', 'Age', 'Revision'],
  },
}

const customLayout: Layout = { printer: other.printCustom, columns: ['Name', 'Age'] }
const plainLayout: Layout = { printer: other.printCreated, columns: ['Name', 'Created At'] }

/** Columns that only `-o wide` shows, among those that no recording defines. */
const wideColumns = new Set(['Users', 'Groups', 'ServiceAccounts', 'Revision', 'PreemptionPolicy'])

function layoutOf(resource: Resource): Layout {
  return layouts[storageKey(resource)] ?? (resource.custom ? customLayout : plainLayout)
}

const recordedColumns = new Map<string, Json[]>()

/** The column definitions of a kind, word for word where the real server's were recorded. */
export function columnDefinitions(resource: Resource): Json[] {
  const { recording, columns = [] } = layoutOf(resource)
  if (recording === undefined) return columns.map(plainColumn)
  let definitions = recordedColumns.get(recording)
  if (definitions === undefined) {
    definitions = list(readExchange(`list-${recording}-table`).response.json, 'columnDefinitions')
    recordedColumns.set(recording, definitions)
  }
  return definitions
}

function plainColumn(name: string): JsonObject {
  const format = name === 'Name' ? 'name' : ''
  return { name, type: 'string', format, description: '', priority: wideColumns.has(name) ? 1 : 0 }
}

/** The row of one object: cells, conditions, and as much of the object as asked for. */
export function tableRow(object: KubernetesObject, resource: Resource, include: IncludeObject, now: number): Json {
  const row = layoutOf(resource).printer(object, now)
  const included = { None: () => null, Metadata: () => partialMetadata(object), Object: () => whole(object, resource) }
  return { ...row, object: included[include]() }
}
