import type { z } from 'zod'
import type { ServiceCatalog } from '../policy.ts'
import { blocksOf } from './services-text/blocks.ts'
import { readLines } from './services-text/lines.ts'
import { serviceOfBlock } from './services-text/service.ts'

/**
 * Reads services as people write them down for people: priorities in headings (`1. Critical Services (P0 - Business Critical)`,
 * `### P0 (0 minutes max downtime)`; of `P2-P3` the graver counts), below them a heading or a list item for each service, and for
 * each service lines such as `- Namespace: mysql`, `- Dependencies: vault (secrets)`, `- Max Downtime: 5-15 minutes`, and known
 * issues as a list. Prose and other fields are passed over.
 * @returns what the YAML form would hold, for ServiceCatalog to judge, and each line that means something unreadable, by its number
 */
export function readServicesText(text: string): { catalog: z.input<typeof ServiceCatalog>; problems: string[] } {
  const { blocks, problems } = blocksOf(readLines(text))
  const read = blocks.map((block) => serviceOfBlock(block, blocks))
  const none = 'line 1: no service is named below a heading with a priority (P0 to P3)'
  return {
    catalog: { services: read.map(({ service }) => service) },
    problems: [...problems, ...read.flatMap((one) => one.problems), ...(blocks.length === 0 ? [none] : [])],
  }
}
