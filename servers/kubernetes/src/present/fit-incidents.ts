import { clip } from '@kubevigil/core/budget'
import type { Incident } from '@kubevigil/core/incident'

/** How much of an incident is shown, from all of it to what names it. */
const details: readonly ((incident: Incident) => Incident)[] = [
  (incident) => incident,
  (incident) => trim(incident, { evidence: 3, causes: 1, nextSteps: 2, examples: 5, affected: 3 }, 250),
  (incident) => trim(incident, { evidence: 1, causes: 1, nextSteps: 1, examples: 2, affected: 1 }, 160),
]
const least = details.length - 1

/**
 * Fits incidents, worst first, into a number of characters: as many as fit with the least detail, then the worst of them with as
 * much more as there is room for. What is left out is at the end of the list.
 */
export function fitIncidents(incidents: readonly Incident[], budget: number): Incident[] {
  const sizes = incidents.map((incident) => details.map((detail) => JSON.stringify(detail(incident)).length + 1))
  let used = 0
  const chosen: number[] = []
  for (const size of sizes) {
    if (used + size[least]! > budget) break
    used += size[least]!
    chosen.push(least)
  }
  for (const [index, size] of sizes.slice(0, chosen.length).entries()) {
    const room = budget - used + size[least]!
    const level = size.findIndex((characters) => characters <= room)
    chosen[index] = level
    used += size[level]! - size[least]!
  }
  return chosen.map((level, index) => details[level]!(incidents[index]!))
}

interface Most {
  evidence: number
  causes: number
  nextSteps: number
  examples: number
  affected: number
}

function trim(incident: Incident, most: Most, characters: number): Incident {
  const shorten = (texts: string[], count: number): string[] =>
    texts.slice(0, count).map((text) => clip(text, characters))
  return {
    ...incident,
    evidence: shorten(incident.evidence, most.evidence),
    causes: shorten(incident.causes, most.causes),
    nextSteps: shorten(incident.nextSteps, most.nextSteps),
    affected: incident.affected.slice(0, most.affected),
    members: { count: incident.members.count, examples: incident.members.examples.slice(0, most.examples) },
  }
}
