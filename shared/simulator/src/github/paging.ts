import type { FrontRequest } from '../front/front.ts'

/** One page of a list, and the Link header that leads to the others. */
export interface Page<T> {
  items: T[]
  headers: Record<string, string>
}

const defaultSize = 30
const largestSize = 100

/** Cuts the page that `page` and `per_page` ask for, with GitHub's defaults. */
export function paginate<T>(request: FrontRequest, items: T[]): Page<T> {
  const size = Math.min(positive(request.url.searchParams.get('per_page'), defaultSize), largestSize)
  const page = positive(request.url.searchParams.get('page'), 1)
  const last = Math.max(1, Math.ceil(items.length / size))
  const links = [
    ...(page > 1 ? [link(request, 1, 'first'), link(request, page - 1, 'prev')] : []),
    ...(page < last ? [link(request, page + 1, 'next'), link(request, last, 'last')] : []),
  ]
  return {
    items: items.slice((page - 1) * size, page * size),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  }
}

function positive(value: string | null, fallback: number): number {
  const number = Number(value ?? fallback)
  return Number.isInteger(number) && number > 0 ? number : fallback
}

function link(request: FrontRequest, page: number, relation: string): string {
  const url = new URL(request.url)
  url.searchParams.set('page', String(page))
  return `<${url.href}>; rel="${relation}"`
}
