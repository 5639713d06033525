import { field, object, text, type JsonObject } from './json.ts'
import { isAllowed, isPathAllowed, type Identity } from './identity.ts'
import type { Resource } from './resources.ts'

/** The reviews one may ask about oneself, by kind; the answer is the review with its status filled in. */
const reviews: Record<string, (identity: Identity, review: JsonObject) => JsonObject> = {
  SelfSubjectAccessReview: (identity, review) => {
    const allowed = isGranted(identity, review)
    const reason = allowed && identity.user === 'viewer' ? { reason: viewerReason } : {}
    return { spec: review['spec'], status: { allowed, ...reason } }
  },
  SelfSubjectRulesReview: (identity) => ({
    spec: {},
    status: {
      resourceRules: identity.resourceRules,
      nonResourceRules: identity.nonResourceRules,
      incomplete: false,
    },
  }),
  SelfSubjectReview: (identity) => ({
    status: { userInfo: { username: identity.user, groups: identity.groups } },
  }),
}

const viewerReason = 'RBAC: allowed by ClusterRoleBinding "viewer" of ClusterRole "view" to User "viewer"'

/** True for the kinds that are answered and never stored. */
export function isSelfReview(resource: Resource): boolean {
  return resource.kind in reviews
}

/** The answer to a review of oneself. */
export function review(identity: Identity, resource: Resource, body: JsonObject): JsonObject {
  const { kind, group, version } = resource
  const answer = reviews[kind]?.(identity, body)
  return { kind, apiVersion: `${group}/${version}`, metadata: reviewMetadata(body), ...answer }
}

/** A review is never stored, so it may lack a name. */
function reviewMetadata(body: JsonObject): JsonObject {
  const { name, ...metadata } = object(body, 'metadata')
  return name === '' ? metadata : { name, ...metadata }
}

function isGranted(identity: Identity, body: JsonObject): boolean {
  const path = field(body, 'spec', 'nonResourceAttributes')
  if (path !== undefined) return isPathAllowed(identity, text(path, 'verb'), text(path, 'path'))
  const asked = object(body, 'spec', 'resourceAttributes')
  const [verb, group] = [text(asked, 'verb'), text(asked, 'group')]
  return isAllowed(identity, {
    verb,
    group,
    resource: text(asked, 'resource'),
    subresource: text(asked, 'subresource'),
  })
}
