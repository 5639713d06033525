import { count, field, text, type KubernetesObject } from './json.ts'
import { badRequest } from './status.ts'
import type { Resource } from './resources.ts'

export type FieldTest = (object: KubernetesObject) => boolean

/** The fields each kind can be selected by, besides the name and the namespace: those of the real server. */
const selectable: Record<string, string[]> = {
  '/pods': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  '/events': [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
      (name) => `involvedObject.${name}`,
    ),
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  '/nodes': ['spec.unschedulable'],
  '/namespaces': ['status.phase'],
  '/services': ['spec.clusterIP', 'spec.type'],
  '/replicationcontrollers': ['status.replicas'],
  'apps/replicasets': ['status.replicas'],
  'batch/jobs': ['status.successful'],
  'certificates.k8s.io/certificatesigningrequests': ['spec.signerName'],
}

/** Core kinds word an unknown field differently from all others. */
const coreWording = new Set(['/pods', '/events', '/nodes', '/namespaces', '/services', '/replicationcontrollers'])

/**
 * Parses a field selector such as `status.phase!=Running,spec.nodeName=node-1` for a resource.
 * Throws the API's 400 for a field the kind cannot be selected by.
 */
export function parseFieldSelector(selector: string, resource: Resource): FieldTest {
  const tests = splitUnescaped(selector)
    .filter((term) => term !== '')
    .map((term) => requirement(term, selector, resource))
  return (object) => tests.every((test) => test(object))
}

function requirement(term: string, selector: string, resource: Resource): FieldTest {
  const parts = /^(.*?)(!=|==|=)(.*)$/s.exec(term)
  if (parts === null) throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`)
  const [, label = '', operator, rawValue = ''] = parts
  const path = pathFor(label.trim(), resource)
  const value = rawValue.replace(/\\([\\,=])/g, '$1')
  return (object) => (valueAt(object, path) === value) === (operator !== '!=')
}

/** The field of the stored object that a selector's label names. */
function pathFor(label: string, resource: Resource): string {
  if (label === 'metadata.name') return label
  if (label === 'metadata.namespace' && resource.namespaced) return label
  const stored = resource.group === 'events.k8s.io' ? coreEventField(label) : label
  const kind = resource.group === 'events.k8s.io' ? '/events' : `${resource.group}/${resource.resource}`
  if (stored !== undefined && selectable[kind]?.includes(stored) === true) return stored
  if (coreWording.has(kind)) throw badRequest(`field label not supported: ${label}`)
  if (resource.group === '' || !resource.custom) {
    throw badRequest(`"${label}" is not a known field selector: only "metadata.name", "metadata.namespace"`)
  }
  throw badRequest(`field label not supported: ${label}`)
}

/** events.k8s.io names the same fields differently from the core event that is stored. */
function coreEventField(label: string): string | undefined {
  if (label.startsWith('regarding.')) return label.replace('regarding.', 'involvedObject.')
  if (label === 'reportingController') return 'reportingComponent'
  return label.startsWith('involvedObject.') ? undefined : label
}

function valueAt(object: KubernetesObject, path: string): string {
  if (path === 'source') return text(object, 'source', 'component') || text(object, 'reportingComponent')
  if (path === 'status.successful') return String(count(object, 'status', 'succeeded'))
  const found = field(object, ...path.split('.'))
  // Absent booleans and counters select as their zero value.
  if (found === undefined || found === null) return zeroFields.get(path) ?? ''
  return typeof found === 'object' ? '' : String(found)
}

const zeroFields = new Map([
  ['spec.unschedulable', 'false'],
  ['spec.hostNetwork', 'false'],
  ['status.replicas', '0'],
])

function splitUnescaped(selector: string): string[] {
  return selector.split(/(?<!\\),/)
}
