import type { ObjectRef } from '../incident.ts'

/** A permission the API server said somebody lacks. */
export interface MissingPermission {
  user: string
  verb: string
  /** Plural, with the group when it is not the core one: `deployments.apps`. */
  resource: string
  /** Empty at cluster scope. */
  namespace: string
}

/**
 * Reads the API server's refusal (apiserver's `forbiddenMessage`): `... is forbidden: User "U" cannot VERB resource "R" in API
 * group "G" in the namespace "N"` or `... at the cluster scope`.
 */
export function missingPermission(message: string): MissingPermission | undefined {
  const match =
    /is forbidden: User "([^"\s]+)" cannot ([a-z]+) resource "([^"\s]+)"(?: in API group "([^"\s]*)")?(?: in the namespace "([^"\s]+)")?/.exec(
      message,
    )
  if (match === null) return undefined
  const [, user = '', verb = '', resource = '', group = '', namespace = ''] = match
  const [plural, subresource] = resource.split('/')
  const qualified = group === '' ? plural! : `${plural}.${group}`
  return { user, verb, namespace, resource: subresource === undefined ? qualified : `${qualified}/${subresource}` }
}

/** The service account behind a user name, `system:serviceaccount:NAMESPACE:NAME`. */
export function serviceAccountOf({ user }: MissingPermission): ObjectRef | undefined {
  const match = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user)
  return match === null ? undefined : { kind: 'ServiceAccount', namespace: match[1]!, name: match[2]! }
}

/** `create pods in namespace shop`, or `list nodes in the whole cluster`. */
export function permissionText({ verb, resource, namespace }: MissingPermission): string {
  return `${verb} ${resource} ${namespace === '' ? 'in the whole cluster' : `in namespace ${namespace}`}`
}

/** The command that asks the API server again, and the one that shows who is bound; nothing for other messages. */
export function permissionSteps(message: string): string[] {
  const missing = missingPermission(message)
  if (missing === undefined) return []
  const { user, verb, namespace } = missing
  const [resource, subresource] = missing.resource.split('/')
  const scope = namespace === '' ? '' : ` -n ${namespace}`
  const sub = subresource === undefined ? '' : ` --subresource=${subresource}`
  return [
    `kubectl auth can-i ${verb} ${resource}${sub} --as=${user}${scope}`,
    `kubectl get ${namespace === '' ? 'clusterrolebindings' : `-n ${namespace} rolebindings,clusterrolebindings`} -o wide | grep ${serviceAccountOf(missing)?.name ?? user}`,
  ]
}
