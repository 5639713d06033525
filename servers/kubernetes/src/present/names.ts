import { UserError } from '@kubevigil/mcp-kit/errors'

const dnsLabel = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/
/** Wider than most kinds allow: roles and certificates carry colons and capitals, users an at sign. */
const objectName = /^[A-Za-z0-9](?:[\w.:@+~-]*[A-Za-z0-9])?$/

/**
 * A namespace as the API knows it; an empty one counts as absent.
 * @throws UserError for what is no namespace name, before it becomes part of a path or a selector
 */
export function checkNamespace(namespace: string | undefined): string | undefined {
  if (namespace === undefined || namespace === '') return undefined
  if (namespace.length <= 63 && dnsLabel.test(namespace)) return namespace
  throw new UserError(
    'namespace-invalid',
    `"${shown(namespace)}" is no namespace name.`,
    'A namespace has lower-case letters, digits and dashes; leave it out to ask about all of them.',
  )
}

/** An object's name. @throws UserError for a slash, dots that climb, spaces, shell characters */
export function checkName(name: string, what = 'name'): string {
  if (name.length <= 253 && objectName.test(name)) return name
  const hint = name.includes('/')
    ? 'Give kind, namespace and name apart: kind "deployment", name "web".'
    : 'Give the bare name as list_resources shows it.'
  throw new UserError('name-invalid', `The ${what} "${shown(name)}" is no name of a Kubernetes object.`, hint)
}

function shown(name: string): string {
  return name.slice(0, 80)
}
