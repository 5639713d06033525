/** Something a Corefile does to names inside the cluster that no cluster needs. */
export interface DnsTrap {
  kind: 'denied' | 'rewritten'
  /** The directive as it is written, on one line. */
  text: string
  /** Where a rewrite leads: a DNS name. */
  target?: string
}

/** What is searched of a Corefile: clusters' own have some twenty short lines. */
const most = { lines: 500, line: 300, block: 20 }
const inCluster = /cluster\\?\.local|\\?\.svc\b/i
const denial = /\brcode (?:NXDOMAIN|REFUSED|SERVFAIL)\b/i

/**
 * Traps for names inside the cluster: a `template` that answers NXDOMAIN, REFUSED or SERVFAIL for addresses of them, and
 * `rewrite` rules that lead to a name in the cluster (whether that exists, the caller knows).
 * Templates for IPv6 alone, and for the search domains of the world outside, are common and mean well.
 */
export function dnsTraps(corefile: string): DnsTrap[] {
  const lines = corefile
    .split('\n', most.lines)
    .map((line) => (line.slice(0, most.line).split('#')[0] ?? '').trim().split(/\s+/).join(' '))
  return lines.flatMap((line, index) => {
    if (line.startsWith('template ')) return denied(blockFrom(lines, index))
    return line.startsWith('rewrite ') ? rewritten(line) : []
  })
}

/** `template CLASS TYPE [ZONE...] { ... }` */
function denied(block: string): DnsTrap[] {
  const [, , type = ''] = block.split(' ')
  const zones = block.slice(0, Math.max(0, block.indexOf('{')))
  const patterns = block.split(' ').filter((_, index, words) => words[index - 1] === 'match')
  const applies = type.toUpperCase() !== 'AAAA' && inCluster.test([zones, ...patterns].join(' '))
  return applies && denial.test(block) ? [{ kind: 'denied', text: block }] : []
}

/** `rewrite [continue|stop] name [exact|prefix|...] FROM TO` */
function rewritten(line: string): DnsTrap[] {
  const words = line.split(' ')
  const target = words.at(-1) ?? ''
  return words.includes('name') && /^[a-z0-9.-]+$/i.test(target) && target.includes('.svc')
    ? [{ kind: 'rewritten', text: line, target }]
    : []
}

/** A directive with its block, on one line. */
function blockFrom(lines: readonly string[], start: number): string {
  const some = lines.slice(start, start + most.block)
  const end = some.findIndex((line) => line.includes('}'))
  return some.slice(0, end + 1).join(' ')
}
