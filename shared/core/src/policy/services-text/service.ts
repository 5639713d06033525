import type { z } from 'zod'
import type { Service } from '../../policy.ts'
import type { Block } from './blocks.ts'
import type { Line } from './lines.ts'
import { downtimeIn, layerIn, namesIn, spanIn, withoutBrackets } from './values.ts'

type ServiceInput = z.input<typeof Service>
type Known = NonNullable<ServiceInput['known']>[number]

interface Field extends Line {
  key: string
  value: string
}

/**
 * One service as the YAML form would have it. Fields that bear on nothing here (image, health check, resources) are passed over.
 * @param others all services of the text, to tell what a dependency means and who shares a namespace
 */
export function serviceOfBlock(block: Block, others: readonly Block[]): { service: ServiceInput; problems: string[] } {
  const fields = block.lines.flatMap((line): Field[] => {
    const found = /^([A-Za-z][A-Za-z ]*?)\s*:\s*(.*)$/.exec(line.text)
    return found === null ? [] : [{ ...line, key: found[1]!.toLowerCase(), value: found[2]! }]
  })
  const valueOf = (...keys: string[]): Field | undefined =>
    fields.find(({ key, value }) => keys.includes(key) && value !== '')
  const problems: string[] = []

  const downtime = valueOf('max downtime', 'tolerance')
  const maxDowntime =
    downtime === undefined ? downtimeIn(block.section.text) : downtimeIn(withoutBrackets(downtime.value))
  if (downtime !== undefined && maxDowntime === undefined)
    problems.push(`line ${downtime.number}: "${downtime.value}" is no time; write it like 15 minutes`)
  const issues = block.lines.map((line) => knownIn(line))
  problems.push(...issues.flatMap((issue) => (typeof issue === 'string' ? issue : [])))

  const described = [block.named, valueOf('purpose'), downtime].map((line) => line?.text ?? '').join(' ')
  const layer = layerIn(described)
  const repository = /github\.com\/([\w.-]+\/[\w.-]+)/.exec(valueOf('repo', 'repository')?.value ?? '')?.[1]
  const names = new Set(others.map(({ name }) => name))
  return {
    problems,
    service: {
      name: block.name,
      priority: block.priority as ServiceInput['priority'],
      selectors: selectorsOf(block, others),
      dependsOn: namesIn(valueOf('dependencies', 'depends on')?.value ?? '').filter((name) => names.has(name)),
      known: distinct(issues.flatMap((issue) => (typeof issue === 'object' ? issue : []))),
      impact: valueOf('impact')?.value ?? '',
      owners: namesIn(valueOf('owner', 'owners')?.value ?? ''),
      ...(maxDowntime === undefined ? {} : { maxDowntime }),
      ...(layer === undefined ? {} : { layer }),
      ...(repository === undefined
        ? {}
        : { repository: { name: repository, path: valueOf('manifests')?.value.replace(/\/$/, '') ?? '' } }),
    },
  }
}

/** Everything in its namespace; where services share one, what is named like it; without one, both by the name of the service. */
function selectorsOf(block: Block, others: readonly Block[]): ServiceInput['selectors'] {
  const namespace = namespaceOf(block)
  const { name } = block
  if (namespace === undefined) return [{ namespace: name }, { name }]
  const shares = others.some((other) => other !== block && namespaceOf(other) === namespace)
  return shares
    ? [
        { namespace, name },
        { namespace, name: `${name}-*` },
      ]
    : [{ namespace }]
}

function namespaceOf({ lines }: Block): string | undefined {
  return lines.map(({ text }) => /^namespace\s*:\s*([a-z0-9-]+)/i.exec(text)?.[1]).find((name) => name !== undefined)
}

/** Known behaviour that a line speaks of; a text when it does not say enough. */
function knownIn({ text, number }: Line): Known | string | undefined {
  if (/\bslow(?:est)?\b.*\bstart/i.test(text)) {
    const allow = spanIn(text)
    if (allow === undefined) return `line ${number}: it does not say how long the slow start may take`
    return { kind: 'slow-start', allow, note: text.slice(0, 300) }
  }
  if (/\bmanual\w*\s+unseal/i.test(text)) return { kind: 'manual-unseal', note: text.slice(0, 300) }
  return /^single replica\b/i.test(text) ? { kind: 'single-replica', note: text.slice(0, 300) } : undefined
}

function distinct(known: readonly Known[]): Known[] {
  return [...new Map(known.map((one) => [one.kind, one])).values()]
}
