/** `owner/name` as a route's parameters. */
export function split(repository: string): { owner: string; repo: string } {
  const [owner = '', repo = ''] = repository.split('/')
  return { owner, repo }
}

/** A date of GitHub's as ISO in UTC; empty when there is none. */
export function instant(text: string | null | undefined): string {
  const millis = Date.parse(text ?? '')
  return Number.isNaN(millis) ? '' : new Date(millis).toISOString().replace('.000Z', 'Z')
}

/** Whether a file is the path or lies in it. */
export function isBelow(file: string, path: string | undefined): boolean {
  const folder = path?.replace(/\/+$/, '') ?? ''
  return folder === '' || folder === '.' || file === folder || file.startsWith(`${folder}/`)
}
