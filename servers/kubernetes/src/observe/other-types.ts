import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import type { Coverage } from '@kubevigil/core/observe'
import type { KubeClient } from '../kube/client.ts'
import type { Discovery, ResourceType } from '../kube/discovery.ts'
import { KubeError } from '../kube/errors.ts'
import { coverageOf } from './coverage.ts'

const source = 'other custom resources'
/** Whole objects are read while all such reading together stays under this: custom types come by the hundred. */
const budgetBytes = 2_000_000
/** Objects read whole of a type: faults of one operator's objects are mostly alike. */
const mostOfAType = 100
/** Rows screened of a type: one page of the API. */
const mostRows = 500

/** Columns in which operators print what they think of an object, and words there that call for a closer look. */
const verdictColumns =
  /^(?:ready|healthy|synced|available|installed|reconciled|status|phase|state|health|robustness|degraded|failing)$/i
const suspicious =
  /^(?:false|degraded|unhealthy|unavailable|faulted|red|health_err|not ?ready|stalled|.*(?:fail|error).*)$/i
/** Columns whose True is the bad word. */
const complaintColumns = /^(?:degraded|failing)$/i

/** Kubernetes' own groups, and aggregated APIs that only compute what they show. */
const builtIn = /^(?:|apps|batch|autoscaling|policy|extensions|.*\.k8s\.io|packages\.operators\.coreos\.com)$/

/**
 * Reads custom resources of types nobody prepared for. The API server prints the columns an operator chose for each object in a
 * few bytes; only a type with a bad word in one of them is read whole, and one without such columns while the budget lasts.
 * @param prepared groups whose types are chosen elsewhere
 * @returns objects with their kind and apiVersion, and one coverage entry for all these types together; none when there are none
 */
export async function readOtherTypes(
  client: KubeClient,
  { types }: Discovery,
  prepared: ReadonlySet<string>,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<{ items: KubernetesObject[]; coverage: Coverage[] }> {
  const own = new Set(types.filter(({ group }) => builtIn.test(group)).map(({ kind }) => kind))
  // A namesake of Kubernetes' own kinds (a Knative Service) would be taken for one of those.
  const asked = types.filter(
    ({ group, kind, verbs }) =>
      !builtIn.test(group) && !prepared.has(group) && !own.has(kind) && verbs.includes('list'),
  )
  if (asked.length === 0) return { items: [], coverage: [] }
  const items: KubernetesObject[] = []
  const sampled: string[] = []
  let left = budgetBytes
  const screened = await Promise.all(asked.map((type) => screen(client, type, namespace, signal)))
  const refused = screened.filter(({ error }) => error !== undefined)
  for (const { type, seen } of screened) {
    if (seen === 'quiet') continue
    const page = left <= 0 ? undefined : await readPage(client, type, namespace, signal)
    if (page === undefined || page.next !== undefined) sampled.push(`${type.plural}.${type.group}`)
    left -= page === undefined ? 0 : JSON.stringify(page.items).length
    items.push(...(page?.items ?? []).map((item) => labelled(item, type)))
  }
  const first = refused[0]
  if (first !== undefined) return { items, coverage: [coverageOf(source, 0, first.error)] }
  const rest = sampled.length === 0 ? '' : `; not whole: ${sampled.slice(0, 5).join(', ')}`
  return { items, coverage: [{ source, status: 'ok', detail: `${asked.length} types looked at${rest}` }] }
}

/** A page of whole objects; undefined when the server refuses. */
async function readPage(client: KubeClient, type: ResourceType, namespace: string | undefined, signal: AbortSignal) {
  const scope = type.namespaced ? namespace : undefined
  return client.page(type, { namespace: scope, limit: mostOfAType, signal }).catch(() => {
    signal.throwIfAborted()
    return undefined
  })
}

interface Screened {
  type: ResourceType
  /** `suspect`: a printed column says so; `silent`: there are objects, but no column that would tell. */
  seen: 'quiet' | 'silent' | 'suspect'
  error?: unknown
}

async function screen(
  client: KubeClient,
  type: ResourceType,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Screened> {
  const options = { namespace: type.namespaced ? namespace : undefined, limit: mostRows, signal }
  try {
    const { columns, rows } = await client.tablePage(type, { ...options, includeObject: 'None' })
    const telling = columns.flatMap(({ name }, index) => (verdictColumns.test(name) ? [{ name, index }] : []))
    const bad = rows.some(({ cells }) => telling.some(({ name, index }) => isBad(name, String(cells[index] ?? ''))))
    if (rows.length === 0 || (telling.length > 0 && !bad)) return { type, seen: 'quiet' }
    return { type, seen: bad ? 'suspect' : 'silent' }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof KubeError && error.failure === 'invalid') return { type, seen: 'silent' }
    return { type, seen: 'quiet', error }
  }
}

function isBad(column: string, cell: string): boolean {
  return complaintColumns.test(column) ? /^true$/i.test(cell) : suspicious.test(cell)
}

function labelled(item: KubernetesObject, type: ResourceType): KubernetesObject {
  delete item.metadata.managedFields
  return { ...item, kind: type.kind, apiVersion: `${type.group}/${type.version}` }
}
