import { field, list, objects, scalarText, type JsonObject } from './json.ts'
import { readExchange } from './recordings.ts'
import { forbidden, unauthorized, type StatusError } from './status.ts'
import { verbOf, type ApiRequest, type Target } from './request.ts'

/** Who asks, and what RBAC lets them do. */
export interface Identity {
  user: string
  groups: string[]
  resourceRules: JsonObject[]
  nonResourceRules: JsonObject[]
}

export interface Attributes {
  verb: string
  group: string
  resource: string
  subresource: string
}

const everything: JsonObject = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }
const publicPaths = ['/healthz', '/livez', '/readyz', '/version', '/version/']

/** The rules of the ClusterRole `view` and of everyone signed in, as a real server listed them for a viewer. */
const viewerStatus = field(readExchange('rules-review-viewer').response.json, 'status')

/** Reviews of oneself: all that somebody signed in without any role may ask of a resource. */
const selfReviews = objects(viewerStatus, 'resourceRules').filter((rule) =>
  list(rule, 'resources').some((resource) => scalarText(resource).startsWith('selfsubject')),
)

function signedIn(user: string, resourceRules: JsonObject[]): Identity {
  const nonResourceRules = objects(viewerStatus, 'nonResourceRules')
  return { user, groups: ['system:authenticated'], resourceRules, nonResourceRules }
}

const identities = new Map<string, Identity>([
  [
    'admin',
    {
      user: 'admin',
      groups: ['system:masters', 'system:authenticated'],
      resourceRules: [everything, ...selfReviews],
      nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }, ...objects(viewerStatus, 'nonResourceRules')],
    },
  ],
  ['viewer', signedIn('viewer', objects(viewerStatus, 'resourceRules'))],
  ['nobody', signedIn('nobody', selfReviews)],
])

const anonymous: Identity = {
  user: 'system:anonymous',
  groups: ['system:unauthenticated'],
  resourceRules: [],
  nonResourceRules: [{ verbs: ['get'], nonResourceURLs: publicPaths }],
}

/** The identity behind a request's bearer token: admin, viewer or nobody; without a token anonymous; else 401. */
export function authenticate(authorization: string | undefined): Identity {
  if (authorization === undefined) return anonymous
  const token = /^Bearer\s+(\S+)\s*$/i.exec(authorization)?.[1] ?? ''
  const identity = identities.get(token)
  if (identity === undefined) throw unauthorized()
  return identity
}

/** Whether the rules allow it. Secrets are in no dump, so nobody is granted them: not even the administrator. */
export function isAllowed(identity: Identity, asked: Attributes): boolean {
  if (asked.group === '' && asked.resource === 'secrets') return false
  const resource = asked.subresource === '' ? asked.resource : `${asked.resource}/${asked.subresource}`
  return identity.resourceRules.some(
    (rule) =>
      matches(rule, 'verbs', asked.verb) &&
      matches(rule, 'apiGroups', asked.group) &&
      (matches(rule, 'resources', resource) || matches(rule, 'resources', `*/${asked.subresource}`)),
  )
}

/** Whether the rules allow a path that names no resource, such as `/version`. */
export function isPathAllowed(identity: Identity, verb: string, path: string): boolean {
  return identity.nonResourceRules.some(
    (rule) =>
      matches(rule, 'verbs', verb) &&
      list(rule, 'nonResourceURLs').some((url) => {
        const pattern = scalarText(url)
        return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path
      }),
  )
}

/** Throws the API's 403 unless the request is allowed. */
export function authorize(identity: Identity, request: ApiRequest): void {
  const verb = verbOf(request)
  const { target } = request
  const allowed =
    target === undefined ? isPathAllowed(identity, verb, request.path) : isAllowed(identity, { verb, ...target })
  if (!allowed) throw denial(identity, verb, request.path, target)
}

/** The 403 that the authorizer answers, in its words. */
export function denial(identity: Identity, verb: string, path: string, target: Target | undefined): StatusError {
  const who = `User "${identity.user}" cannot ${verb}`
  if (target === undefined) return forbidden(undefined, '', `${who} path "${path}"`)
  const resource = target.subresource === '' ? target.resource : `${target.resource}/${target.subresource}`
  const where = target.namespace === '' ? 'at the cluster scope' : `in the namespace "${target.namespace}"`
  return forbidden(target, target.name, `${who} resource "${resource}" in API group "${target.group}" ${where}`)
}

function matches(rule: JsonObject, name: string, value: string): boolean {
  const allowed = list(rule, name)
  return allowed.includes('*') || allowed.includes(value)
}
