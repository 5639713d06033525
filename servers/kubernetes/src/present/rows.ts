import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import type { TablePage } from '../kube/client.ts'
import { safeText } from './text.ts'

export interface Rows {
  columns: string[]
  rows: string[][]
}

const cellLength = 160

/**
 * A page in Table form as the columns `kubectl get` shows.
 * @param withNamespace puts the namespace in front; the page must then carry its objects' metadata
 */
export function tableRows(page: TablePage, withNamespace: boolean): Rows {
  const shown = page.columns.flatMap((column, index) => ((column.priority ?? 0) === 0 ? [index] : []))
  return {
    columns: [...(withNamespace ? ['Namespace'] : []), ...shown.map((index) => page.columns[index]!.name)],
    rows: page.rows.map((row) => [
      ...(withNamespace ? [row.object?.metadata.namespace ?? ''] : []),
      ...shown.map((index) => cell(row.cells[index])),
    ]),
  }
}

/** Rows of whole objects, for a server that gives no Table. */
export function plainRows(items: readonly KubernetesObject[], withNamespace: boolean): Rows {
  return {
    columns: [...(withNamespace ? ['Namespace'] : []), 'Name', 'Created At'],
    rows: items.map(({ metadata }) => [
      ...(withNamespace ? [metadata.namespace ?? ''] : []),
      cell(metadata.name),
      metadata.creationTimestamp ?? '',
    ]),
  }
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  return safeText(typeof value === 'string' ? value : JSON.stringify(value), cellLength)
}
