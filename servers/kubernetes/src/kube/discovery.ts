import { UserError } from '@kubevigil/mcp-kit/errors'
import { KubeError } from './errors.ts'
import { parseJson, type Transport } from './http.ts'
import { nearNames } from './near-names.ts'

export interface ResourceType {
  group: string
  version: string
  plural: string
  singular: string
  kind: string
  shortNames: string[]
  namespaced: boolean
  verbs: string[]
}

export interface Discovery {
  types: ResourceType[]
  /** API groups whose server did not answer; their kinds are unknown now. */
  stale: string[]
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'

interface GroupDiscovery {
  metadata?: { name?: string }
  versions?: {
    version: string
    freshness?: string
    resources?: {
      resource: string
      singularResource?: string
      responseKind?: { kind: string }
      scope?: string
      shortNames?: string[]
      verbs?: string[]
    }[]
  }[]
}

/** Reads every resource type the server offers, in the preferred version of its group: two requests, or the classic form from older servers. */
export async function discover(transport: Transport, signal: AbortSignal): Promise<Discovery> {
  const [core, groups] = await Promise.all([
    readAggregated(transport, '/api', signal),
    readAggregated(transport, '/apis', signal),
  ])
  if (core === undefined || groups === undefined) return discoverClassic(transport, signal)
  const types: ResourceType[] = []
  const stale: string[] = []
  for (const group of [...core, ...groups]) {
    const name = group.metadata?.name ?? ''
    const seen = new Set<string>()
    for (const version of group.versions ?? []) {
      if (version.freshness === 'Stale') stale.push(`${name}/${version.version}`)
      for (const resource of version.resources ?? []) {
        if (seen.has(resource.resource)) continue
        seen.add(resource.resource)
        types.push({
          group: name,
          version: version.version,
          plural: resource.resource,
          singular: resource.singularResource ?? '',
          kind: resource.responseKind?.kind ?? '',
          shortNames: resource.shortNames ?? [],
          namespaced: resource.scope === 'Namespaced',
          verbs: resource.verbs ?? [],
        })
      }
    }
  }
  return { types, stale }
}

/** Finds a type by plural, singular, kind, short name, or `plural.group`; case does not matter. @throws UserError with near names */
export function resolveType(discovery: Discovery, wanted: string): ResourceType {
  const text = wanted.trim().toLowerCase()
  const dot = text.indexOf('.')
  const [name, group] = dot > 0 ? [text.slice(0, dot), text.slice(dot + 1)] : [text, undefined]
  // A type may have no singular or kind: an empty name must not find it.
  const fits = discovery.types.filter(
    (type) =>
      name !== '' &&
      (group === undefined || type.group.toLowerCase() === group) &&
      [type.plural, type.singular, type.kind.toLowerCase(), ...type.shortNames].includes(name),
  )
  // Kubernetes' own groups win over a namesake, as in kubectl: core first, then metrics last.
  const best = fits.toSorted((a, b) => rank(a) - rank(b))[0]
  if (best !== undefined) return best
  const near = nearNames(name, [...new Set(discovery.types.map((type) => type.plural))], 5)
  const hint =
    near.length > 0
      ? `Near names: ${near.join(', ')}.`
      : 'Take a plural, kind or short name, such as pods, Deployment or svc.'
  throw new UserError('kind-unknown', `This cluster offers no kind "${wanted.slice(0, 80)}".`, hint)
}

/**
 * The path of a type's collection or of one object. Names may come from a model: they are escaped, and the ones that a URL
 * would resolve to another path (`..`) are refused.
 * @throws UserError for a name the API server could not hold either
 */
export function pathOf(type: ResourceType, namespace?: string, name?: string, subresource?: string): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`
  const scope = type.namespaced && namespace !== undefined ? `/namespaces/${segment(namespace)}` : ''
  const object = name === undefined ? '' : `/${segment(name)}`
  return `${root}${scope}/${type.plural}${object}${subresource === undefined ? '' : `/${subresource}`}`
}

/** Refuses what apimachinery's IsValidPathSegmentName refuses. */
function segment(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/%]/.test(name)) {
    throw new UserError(
      'name-invalid',
      `"${name.slice(0, 80)}" is no name of a Kubernetes object.`,
      'Give the bare name, without slashes, and the namespace apart.',
    )
  }
  return encodeURIComponent(name)
}

function rank(type: ResourceType): number {
  if (type.group === '') return 0
  if (type.group === 'metrics.k8s.io') return 3
  return type.group.endsWith('k8s.io') || !type.group.includes('.') ? 1 : 2
}

async function readAggregated(
  transport: Transport,
  path: string,
  signal: AbortSignal,
): Promise<GroupDiscovery[] | undefined> {
  const body = parseJson(transport, path, await transport.request(path, { accept: aggregated, signal })) as {
    kind?: string
    items?: GroupDiscovery[]
  }
  return body.kind === 'APIGroupDiscoveryList' ? (body.items ?? []) : undefined
}

interface ClassicResources {
  resources?: {
    name: string
    singularName?: string
    kind: string
    namespaced: boolean
    shortNames?: string[]
    verbs?: string[]
  }[]
}

async function discoverClassic(transport: Transport, signal: AbortSignal): Promise<Discovery> {
  const groups = parseJson(transport, '/apis', await transport.request('/apis', { signal })) as {
    groups?: { name: string; preferredVersion?: { version: string } }[]
  }
  const wanted = [
    { group: '', version: 'v1', path: '/api/v1' },
    ...(groups.groups ?? []).map(({ name, preferredVersion }) => ({
      group: name,
      version: preferredVersion?.version ?? 'v1',
      path: `/apis/${name}/${preferredVersion?.version ?? 'v1'}`,
    })),
  ]
  const stale: string[] = []
  const lists = await Promise.all(
    wanted.map(async ({ group, version, path }) => {
      try {
        const body = parseJson(transport, path, await transport.request(path, { signal })) as ClassicResources
        return (body.resources ?? [])
          .filter((resource) => !resource.name.includes('/'))
          .map((resource) => ({
            group,
            version,
            plural: resource.name,
            singular: resource.singularName ?? '',
            kind: resource.kind,
            shortNames: resource.shortNames ?? [],
            namespaced: resource.namespaced,
            verbs: resource.verbs ?? [],
          }))
      } catch (error) {
        if (!(error instanceof KubeError) || group === '') throw error
        stale.push(`${group}/${version}`)
        return []
      }
    }),
  )
  return { types: lists.flat(), stale }
}
