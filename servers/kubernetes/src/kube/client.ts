import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import { discover, pathOf, resolveType, type Discovery, type ResourceType } from './discovery.ts'
import { KubeError } from './errors.ts'
import { createTransport, parseJson, type RequestOptions } from './http.ts'
import { loadKubeconfig, selectContext, type KubeconfigSource } from './kubeconfig.ts'

/** The Table form: the server computes the columns `kubectl get` shows; `object` is absent with includeObject=None. */
export interface Table {
  columnDefinitions: { name: string; type: string; priority: number }[]
  rows: { cells: (string | number | boolean | null)[]; object?: KubernetesObject | null }[]
}

export interface ListOptions {
  namespace?: string | undefined
  labelSelector?: string | undefined
  fieldSelector?: string | undefined
  signal: AbortSignal
  timeoutMs?: number
}

/** A page in Table form; a row's `object` is what `includeObject` asked for. */
export interface TablePage {
  columns: Table['columnDefinitions']
  rows: Table['rows']
  next: string | undefined
  remaining: number | undefined
}

/** A page of a list; `next` is the continue token of the following page. */
export interface Page<T> {
  items: T[]
  next: string | undefined
  remaining: number | undefined
  /** Characters of the answer. */
  size: number
}

export interface KubeClient {
  /** Context in use and the cluster it names; every answer shows them. */
  context: string
  cluster: string
  server: string
  /** JSON of any path. @throws KubeError */
  get: <T>(path: string, options: RequestOptions) => Promise<T>
  /** Text of any path: logs. @throws KubeError */
  text: (path: string, options: RequestOptions) => Promise<string>
  /** Resource types the server offers; read once and kept for five minutes. */
  discovery: (signal: AbortSignal) => Promise<Discovery>
  /** A type by plural, kind or short name. @throws UserError with near names */
  type: (name: string, signal: AbortSignal) => Promise<ResourceType>
  /** One page of a list. */
  page: (
    type: ResourceType,
    options: ListOptions & { limit: number; continue?: string | undefined },
  ) => Promise<Page<KubernetesObject>>
  /** Every object of a list, page by page. An expired continue token starts the list again once. */
  list: (type: ResourceType, options: ListOptions) => AsyncGenerator<KubernetesObject>
  /** One page in Table form. @throws KubeError `invalid` when the server gives no Table for the kind */
  tablePage: (type: ResourceType, options: ListOptions & TablePageOptions) => Promise<TablePage>
  /** The whole list in Table form without objects, page by page. */
  table: (
    type: ResourceType,
    options: ListOptions,
  ) => AsyncGenerator<{ columns: string[]; cells: Table['rows'][number]['cells'] }>
  object: (
    type: ResourceType,
    namespace: string | undefined,
    name: string,
    signal: AbortSignal,
  ) => Promise<KubernetesObject>
  bytesRead: () => number
}

/** Characters a page should have: few enough that parsing one holds up nobody and those in flight fit into memory. */
const pageCharacters = 750_000
/** Objects of a list's first page; what they take decides how many the next ones bring, between these bounds. */
const pageSizes = { first: 100, least: 50, most: 500 }
/** Rows of a page in Table form without objects, which are 260 bytes each: V8 keeps larger texts until it clears all of its memory. */
const tablePageSize = 450
const discoveryLifeMs = 5 * 60_000
const tableForm = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

export interface TablePageOptions {
  limit: number
  continue?: string | undefined
  /** `Metadata` brings names and namespaces of the rows along. */
  includeObject: 'None' | 'Metadata'
}

/** What context.ts holds: clients by context, made on first use. */
export interface KubeClients {
  /** @param context name in the kubeconfig; the configured or current one when absent. @throws UserError */
  client: (context: string | undefined) => Promise<KubeClient>
  contexts: () => Promise<{ name: string; cluster: string; namespace: string; current: boolean }[]>
}

/** Clients for every context of a kubeconfig. The file is read on first use and again after five minutes. */
export function createClients(source: KubeconfigSource): KubeClients {
  const clients = new Map<string, KubeClient>()
  let loaded: { at: number; config: ReturnType<typeof loadKubeconfig> } | undefined
  const config = async () => {
    if (loaded === undefined || Date.now() - loaded.at > discoveryLifeMs) {
      loaded = { at: Date.now(), config: loadKubeconfig(source) }
      clients.clear()
      loaded.config.catch(() => (loaded = undefined))
    }
    return loaded.config
  }
  return {
    async client(wanted) {
      const selected = selectContext(await config(), wanted ?? source.context)
      const name = selected.currentContext
      const existing = clients.get(name)
      if (existing !== undefined) return existing
      const made = createClient(createTransport(selected, name), name, selected.getCurrentCluster()!.name)
      clients.set(name, made)
      return made
    },
    async contexts() {
      const loadedConfig = await config()
      const current = source.context ?? loadedConfig.currentContext
      return loadedConfig.contexts.map(({ name, cluster, namespace }) => ({
        name,
        cluster,
        namespace: namespace ?? 'default',
        current: name === current,
      }))
    },
  }
}

function createClient(transport: ReturnType<typeof createTransport>, context: string, cluster: string): KubeClient {
  let known: { at: number; discovery: Promise<Discovery> } | undefined

  const get = async <T>(path: string, options: RequestOptions): Promise<T> => {
    return parseJson(transport, path, await transport.request(path, options)) as T
  }

  const client: KubeClient = {
    context,
    cluster,
    server: transport.server,
    bytesRead: transport.bytesRead,
    get,
    text: transport.request,

    async discovery(signal) {
      if (known === undefined || Date.now() - known.at > discoveryLifeMs) {
        // Shared by all callers, so that no caller's cancellation may end it; every request in it has its own deadline.
        const made = { at: Date.now(), discovery: discover(transport, new AbortController().signal) }
        known = made
        made.discovery.catch(() => {
          if (known === made) known = undefined
        })
      }
      signal.throwIfAborted()
      return known.discovery
    },

    async type(name, signal) {
      return resolveType(await client.discovery(signal), name)
    },

    async page(type, { namespace, labelSelector, fieldSelector, limit, continue: token, signal, timeoutMs }) {
      const path = pathOf(type, namespace)
      const body = await transport.request(path, {
        query: { limit, continue: token, labelSelector, fieldSelector },
        signal,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      })
      const { items, metadata } = parseJson(transport, path, body) as {
        items?: KubernetesObject[]
        metadata?: { continue?: string; remainingItemCount?: number }
      }
      return {
        items: items ?? [],
        next: metadata?.continue || undefined,
        remaining: metadata?.remainingItemCount,
        size: body.length,
      }
    },

    async *list(type, options) {
      const seen = new Set<string>()
      let token: string | undefined
      let restarted = false
      let limit = pageSizes.first
      for (;;) {
        let page: Page<KubernetesObject>
        try {
          page = await client.page(type, { ...options, limit, continue: token })
        } catch (error) {
          if (!(error instanceof KubeError) || error.failure !== 'expired' || restarted) throw error
          restarted = true
          token = undefined
          continue
        }
        for (const item of page.items) {
          const key = `${item.metadata.namespace ?? ''}/${item.metadata.name}`
          if (seen.has(key)) continue
          seen.add(key)
          yield item
        }
        if (page.next === undefined) return
        token = page.next
        const fitting = Math.floor((pageCharacters * page.items.length) / page.size)
        limit = Math.min(pageSizes.most, Math.max(pageSizes.least, fitting))
      }
    },

    async tablePage(
      type,
      { namespace, labelSelector, fieldSelector, limit, continue: token, includeObject, signal, timeoutMs },
    ) {
      const table = await get<Table & { kind?: string; metadata?: { continue?: string; remainingItemCount?: number } }>(
        pathOf(type, namespace),
        {
          query: { limit, continue: token, labelSelector, fieldSelector, includeObject },
          accept: tableForm,
          signal,
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
        },
      )
      if (table.kind !== 'Table')
        throw new KubeError('invalid', 'The server gives no Table form.', 'Read the whole objects instead.')
      // An empty page of a custom kind has `rows: null`.
      return {
        columns: table.columnDefinitions ?? [],
        rows: table.rows ?? [],
        next: table.metadata?.continue || undefined,
        remaining: table.metadata?.remainingItemCount,
      }
    },

    async *table(type, options) {
      let token: string | undefined
      do {
        const page: TablePage = await client.tablePage(type, {
          ...options,
          limit: tablePageSize,
          continue: token,
          includeObject: 'None',
        })
        const columns = page.columns.map((column) => column.name)
        for (const row of page.rows) yield { columns, cells: row.cells }
        token = page.next
      } while (token !== undefined)
    },

    object: (type, namespace, name, signal) => get(pathOf(type, namespace, name), { signal }),
  }
  return client
}
