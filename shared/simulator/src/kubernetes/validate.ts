import { field, list, text, type JsonObject } from './json.ts'
import type { Resource } from './resources.ts'
import { invalid, type StatusCause } from './status.ts'

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

/**
 * Refuses what an API server refuses most often: a bad name, a pod without containers, a negative replica count.
 * All other validation is left to a real server.
 */
export function validate(object: JsonObject, resource: Pick<Resource, 'kind' | 'group'>): void {
  const causes: StatusCause[] = []
  const name = text(object, 'metadata', 'name')
  if (name === '') {
    causes.push(cause('FieldValueRequired', 'Required value: name or generateName is required', 'metadata.name'))
  } else if (!subdomain.test(name) && !looseNames.has(resource.group)) {
    causes.push(cause('FieldValueInvalid', `Invalid value: "${name}": ${subdomainRule}`, 'metadata.name'))
  }
  if (resource.kind === 'Pod' && list(object, 'spec', 'containers').length === 0) {
    causes.push(cause('FieldValueRequired', 'Required value', 'spec.containers'))
  }
  const replicas = field(object, 'spec', 'replicas')
  if (typeof replicas === 'number' && replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`
    causes.push(cause('FieldValueInvalid', message, 'spec.replicas'))
  }
  if (causes.length > 0) throw invalid(resource.kind, resource.group, name, causes)
}

/** Roles and bindings may be called `system:something`. */
const looseNames = new Set(['rbac.authorization.k8s.io'])

function cause(reason: string, message: string, fieldName: string): StatusCause {
  return { reason, message, field: fieldName }
}
